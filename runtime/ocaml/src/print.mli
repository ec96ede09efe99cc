(** Printing messages for people: for logs and the toplevel, not to be parsed. *)

type 'a t = Format.formatter -> 'a -> unit

(** {1 Types of the language} *)

val bool : bool t
val int : int t
val int64 : int64 t

val float : float t
(** The shortest form that reads back. *)

val string : string t
(** Quoted and escaped. *)

val bytes : string t
(** In hexadecimal. *)

val option : 'a t -> 'a option t
val array : 'a t -> 'a array t
val map : 'k t -> 'v t -> ('k * 'v) list t

(** {1 Messages, structs and unions} *)

type field
(** A field's name, and how to print its value. *)

val field : string -> 'a t -> 'a -> field

val redacted : string -> field
(** A sensitive field: its value shows as [<redacted>]. *)

val record : Format.formatter -> string -> field list -> unit
(** [record formatter name fields] prints [name { field = value; ... }]. *)

val variant : Format.formatter -> string -> 'a t -> 'a -> unit
(** Prints [name (value)]. *)

val sensitive : Format.formatter -> string -> unit
(** [sensitive formatter name] prints a sensitive message: [name <redacted>]. *)

val to_string : 'a t -> 'a -> string
(** On one line. *)
