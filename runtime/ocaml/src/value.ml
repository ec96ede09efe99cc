module type S = sig
  type t

  val equal : t -> t -> bool
  val compare : t -> t -> int
  val hash : t -> int
  val pp : Format.formatter -> t -> unit
  val to_string : t -> string
end

module type FIXED = sig
  include S

  val codec : t Fixed.t
end

module type ENUM = sig
  include FIXED

  val key : t Key.t
end

module type NESTED = sig
  include S

  val read : Reader.t -> t
  val write : Writer.t -> t -> unit
end

module Make (Printed : sig
  type t

  val pp : Format.formatter -> t -> unit
end) =
struct
  type t = Printed.t

  let compare (left : t) (right : t) = Stdlib.compare left right
  let equal left right = compare left right = 0
  let hash (value : t) = Hashtbl.hash value
  let pp = Printed.pp
  let to_string value = Print.to_string pp value
end
