"""Second opinions: identities and memberships as Coq and Lean files."""
