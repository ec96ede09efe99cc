(** What a contestant is: one codec with one message, writing into memory that it
    uses again, and reading from there. *)

module type CODEC = sig
  type message

  val build : unit -> message
  (** The object an application holds, made of plain values. *)

  val encode : message -> int
  (** Writes to the codec's own memory; the number of bytes. *)

  val body : unit -> Bytes.t
  (** What was encoded last. *)

  val decode : unit -> message
  (** Reads what was encoded last. *)

  val read : message -> unit
  (** Takes out every field. *)
end

type t = {
  name : string;
  title : string;
  size : int;  (** Bytes of the encoded message. *)
  columns : (string * Rounds.loop) list;
}

exception Wrong_values of string
(** A contestant does not give back what it was given: its times would mean
    nothing. *)

val black_box : 'a -> unit
(** Uses a value in a way no optimiser sees through. *)

module Enter (_ : CODEC) : sig
  val contestant : string -> string -> t
  (** [contestant name title], held against its own values first.

      @raise Wrong_values where it decodes something else than it was given. *)
end
