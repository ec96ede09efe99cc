type t = {
  code : Error_code.t;
  mutable position : int;
  mutable path : string list;
}

exception Found of t

let[@inline never] found code position =
  raise (Found { code; position; path = [] })

let missing_field step position =
  raise_notrace (Found { code = Missing_field; position; path = [ step ] })

let pass offence step =
  offence.path <- step :: offence.path;
  raise_notrace (Found offence)

let path offence name = String.concat "" (name :: offence.path)
