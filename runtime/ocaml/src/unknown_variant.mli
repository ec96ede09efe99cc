(** A union's variant that this schema does not know: it came from a newer
    writer, and is written back as it came. *)

type t = {
  tag : int;  (** 1 to 65,535, and none that the union declares. *)
  kind : int;  (** Wire kind, 0 to 6. *)
  bytes : string;  (** The value, without length prefix. *)
}

val read : Reader.t -> int -> t
(** [read reader tag], for {!Reader.union}. *)

val write : Writer.t -> Layout.t -> t -> unit
(** Appends the element. Offences ({!Offence.Found}): [ENCODE_TYPE] for a tag the
    layout knows, [ENCODE_RANGE] for a tag or kind that cannot be,
    [BAD_LENGTH] for bytes that do not fit the kind. *)

val pp : Format.formatter -> t -> unit
