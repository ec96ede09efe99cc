(** The versions of the peers; the build writes them down. *)

val members : string
(** As members of a JSON object. *)
