type t = {
  code : Error_code.t;
  mutable position : int;
  mutable path : string list;
}

exception Found of t

let[@inline never] failure code position = Found { code; position; path = [] }

(* Raised in its caller's code, not by a call that might return: so the compiler
   need not save, for afterwards, what the caller holds in registers. *)
let[@inline] found code position = raise_notrace (failure code position)

let missing_field step position =
  raise_notrace (Found { code = Missing_field; position; path = [ step ] })

let pass offence step =
  offence.path <- step :: offence.path;
  raise_notrace (Found offence)

let path offence name = String.concat "" (name :: offence.path)
