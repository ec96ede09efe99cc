(** What the tests share: claims that are counted and, where false, shown. *)

val that : string -> bool -> unit
(** [that claim holds] counts one claim. *)

val same : ('a -> string) -> string -> 'a -> 'a -> unit
(** [same show claim expected actual] claims that the two are equal, by the
    structural equality of the standard library. *)

val text : string -> string -> string -> unit
(** {!same} for strings. *)

val int : string -> int -> int -> unit
(** {!same} for integers. *)

val raises_invalid : string -> (unit -> 'a) -> unit
(** Claims that the function raises [Invalid_argument]. *)

val finish : unit -> unit
(** Prints [N passed, N failed] and ends the program, with 1 if a claim failed. *)
