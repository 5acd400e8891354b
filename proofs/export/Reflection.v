(* Polynomials over Z as sorted lists of terms, and a checker for identities between them.
   Everything is proved from the standard library without axioms. *)

Definition mono := list nat.
Definition poly := list (Z * mono).

Fixpoint value_mono (env : list Z) (m : mono) : Z :=
  match m, env with
  | e :: m', x :: env' => x ^ Z.of_nat e * value_mono env' m'
  | _, _ => 1
  end.

Fixpoint value (env : list Z) (p : poly) : Z :=
  match p with
  | [] => 0
  | (c, m) :: p' => c * value_mono env m + value env p'
  end.

Fixpoint times_mono (a b : mono) : mono :=
  match a, b with
  | x :: a', y :: b' => (x + y)%nat :: times_mono a' b'
  | [], _ => b
  | _, [] => a
  end.

Lemma times_mono_sound : forall a b env,
  value_mono env (times_mono a b) = value_mono env a * value_mono env b.
Proof.
  induction a as [|x a IH]; intros b env; destruct b as [|y b]; destruct env as [|z env];
    cbn [times_mono value_mono]; try ring.
  rewrite IH, Nat2Z.inj_add, Z.pow_add_r by lia. ring.
Qed.

Fixpoint order (a b : mono) : comparison :=
  match a, b with
  | [], [] => Eq
  | [], _ => Lt
  | _, [] => Gt
  | x :: a', y :: b' => match Nat.compare x y with Eq => order a' b' | c => c end
  end.

Lemma order_equal : forall a b, order a b = Eq -> a = b.
Proof.
  induction a as [|x a IH]; intros [|y b] H; cbn in H; try discriminate; auto.
  destruct (Nat.compare_spec x y); try discriminate.
  subst. f_equal. auto.
Qed.

Fixpoint insert (c : Z) (m : mono) (p : poly) : poly :=
  match p with
  | [] => [(c, m)]
  | (d, k) :: p' =>
      match order m k with
      | Eq => if c + d =? 0 then p' else (c + d, k) :: p'
      | Gt => (c, m) :: p
      | Lt => (d, k) :: insert c m p'
      end
  end.

Lemma insert_sound : forall p c m env,
  value env (insert c m p) = c * value_mono env m + value env p.
Proof.
  induction p as [|[d k] p IH]; intros c m env; cbn [insert value].
  - ring.
  - destruct (order m k) eqn:E; cbn [value].
    + apply order_equal in E. subst. destruct (Z.eqb_spec (c + d) 0) as [S|S].
      * replace c with (- d) by lia. ring.
      * cbn [value]. ring.
    + rewrite IH. ring.
    + ring.
Qed.

(* accumulate s (c·x^m) q = s + c·x^m·q *)
Fixpoint add_multiple (c : Z) (m : mono) (q : poly) (s : poly) : poly :=
  match q with
  | [] => s
  | (d, k) :: q' => add_multiple c m q' (insert (c * d) (times_mono m k) s)
  end.

Lemma add_multiple_sound : forall q c m s env,
  value env (add_multiple c m q s) = c * value_mono env m * value env q + value env s.
Proof.
  induction q as [|[d k] q IH]; intros; cbn [add_multiple value].
  - ring.
  - rewrite IH, insert_sound, times_mono_sound. ring.
Qed.

Fixpoint add_product (p q s : poly) : poly :=
  match p with
  | [] => s
  | (c, m) :: p' => add_product p' q (add_multiple c m q s)
  end.

Lemma add_product_sound : forall p q s env,
  value env (add_product p q s) = value env p * value env q + value env s.
Proof.
  induction p as [|[c m] p IH]; intros; cbn [add_product value].
  - ring.
  - rewrite IH, add_multiple_sound. ring.
Qed.

Fixpoint power (p : poly) (e : nat) : poly :=
  match e with
  | O => [(1, [])]
  | S e' => add_product p (power p e') []
  end.

Lemma power_sound : forall e p env, value env (power p e) = value env p ^ Z.of_nat e.
Proof.
  induction e as [|e IH]; intros.
  - destruct env; reflexivity.
  - cbn [power]. rewrite add_product_sound, IH, Nat2Z.inj_succ, Z.pow_succ_r by lia.
    cbn [value]. ring.
Qed.

Fixpoint value_powers (env : list Z) (l : list (poly * nat)) : Z :=
  match l with
  | [] => 1
  | (p, e) :: l' => value env p ^ Z.of_nat e * value_powers env l'
  end.

Fixpoint powers (l : list (poly * nat)) : poly :=
  match l with
  | [] => [(1, [])]
  | (p, e) :: l' => add_product (power p e) (powers l') []
  end.

Lemma powers_sound : forall l env, value env (powers l) = value_powers env l.
Proof.
  induction l as [|[p e] l IH]; intros; cbn [powers value_powers].
  - destruct env; reflexivity.
  - rewrite add_product_sound, power_sound, IH. cbn [value]. ring.
Qed.

Fixpoint value_pairs (env : list Z) (l : list (poly * poly)) : Z :=
  match l with
  | [] => 0
  | (q, f) :: l' => value env q * value env f + value_pairs env l'
  end.

Fixpoint pairs (l : list (poly * poly)) (s : poly) : poly :=
  match l with
  | [] => s
  | (q, f) :: l' => pairs l' (add_product q f s)
  end.

Lemma pairs_sound : forall l s env,
  value env (pairs l s) = value_pairs env l + value env s.
Proof.
  induction l as [|[q f] l IH]; intros; cbn [pairs value_pairs].
  - ring.
  - rewrite IH, add_product_sound. ring.
Qed.

Definition check (c : Z) (l : list (poly * nat)) (ps : list (poly * poly)) : bool :=
  match add_multiple (- c) [] (powers l) (pairs ps []) with [] => true | _ => false end.

Theorem check_sound : forall c l ps, check c l ps = true ->
  forall env, c * value_powers env l = value_pairs env ps.
Proof.
  unfold check. intros c l ps H env.
  destruct (add_multiple (- c) [] (powers l) (pairs ps [])) eqn:E; try discriminate.
  assert (V : value env (add_multiple (- c) [] (powers l) (pairs ps [])) = 0)
    by (rewrite E; reflexivity).
  rewrite add_multiple_sound, powers_sound, pairs_sound in V.
  cbn [value] in V. destruct env; cbn [value_mono] in V; lia.
Qed.
