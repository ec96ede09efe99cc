(** What the generated module of every type offers. *)

(** Values that compare and print. *)
module type S = sig
  type t

  val equal : t -> t -> bool
  (** Structural. NaN equals itself; maps are equal when their entries come in
      the same order, decimals when their scales agree too, as they do in
      everything decoded. *)

  val compare : t -> t -> int
  (** A total order that agrees with {!equal}, for sets and maps; it says nothing
      about size or time. *)

  val hash : t -> int
  (** Agrees with {!equal}. *)

  val pp : Format.formatter -> t -> unit
  (** For people. What the schema calls sensitive shows as [<redacted>]. *)

  val to_string : t -> string
  (** As {!pp}, on one line. *)
end

(** Structs: types of fixed size. *)
module type FIXED = sig
  include S

  val codec : t Fixed.t
  (** How values lie in bytes. *)
end

(** Enums: fixed-size types that may be keys of maps. *)
module type ENUM = sig
  include FIXED

  val key : t Key.t
  (** Ordered by number. *)
end

(** Unions: values of variable size that are read and written only as part of a
    message. *)
module type NESTED = sig
  include S

  val read : Reader.t -> t
  (** For other codecs: reads a value with its length before it. *)

  val write : Writer.t -> t -> unit
  (** For other codecs: appends a value with its length before it. *)
end

(** For generated code: what the structural functions of the standard library
    give. *)
module Make (Printed : sig
  type t

  val pp : Format.formatter -> t -> unit
end) : S with type t := Printed.t
