(* Runs every test of the runtime. *)
