(** Integers wider than 64 bits, as far as messages need them: conversion,
    comparison and their bytes on the wire. There is no arithmetic. *)

module type S = sig
  type t
  (** Immutable. The polymorphic comparison and hash of the standard library
      agree with {!compare} and {!hash}. *)

  val zero : t
  val minimum : t
  val maximum : t

  val of_int : int -> t option
  (** [None] if the number is out of range. *)

  val to_int : t -> int option
  (** [None] if the number does not fit an [int]. *)

  val of_string : string -> t option
  (** Reads decimal digits, after a [-] where the type is signed. [None] for
      anything else, and for numbers out of range. *)

  val of_string_exn : string -> t
  (** As {!of_string}.

      @raise Invalid_argument where that gives [None]. *)

  val to_string : t -> string
  (** Decimal digits. *)

  val get : Bytes.t -> int -> t
  (** [get bytes position] reads the little-endian two's complement bytes.

      @raise Invalid_argument if they do not all lie within [bytes]. *)

  val set : Bytes.t -> int -> t -> unit
  (** [set bytes position value] writes what {!get} reads.

      @raise Invalid_argument if they do not all lie within [bytes]. *)

  val equal : t -> t -> bool
  val compare : t -> t -> int
  val hash : t -> int
  val pp : Format.formatter -> t -> unit
end

module Make (_ : sig
  val size : int
  (** In bytes. *)

  val signed : bool
end) : S
