"""The subcommands, one module each; `critnet.cli` imports a module when its command runs."""
