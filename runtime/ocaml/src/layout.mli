(** What a message declares, as far as blocks and error paths need it. *)

type block_field
(** An untagged field. *)

val required : string -> int -> block_field
(** [required name size], with the size in bytes. *)

val defaulted : string -> string -> block_field
(** [defaulted name bytes], with the encoded default. *)

type t

val message : block:block_field list -> fields:(int * string) list -> t
(** The untagged fields in order, then tags and names of the others. *)

val union : (int * string) list -> t
(** Tags and names of the variants. *)

val block_size : t -> int
(** Of the block as declared, in bytes; 0 if there is none. *)

val ends_at_field : t -> int -> bool
(** Whether a block of that many bytes, at least one and fewer than declared,
    ends where a field does. *)

val first_required_from : t -> int -> string option
(** The first block field without a default at or after that distance from the
    start of the block. *)

val defaults : t -> string
(** A whole block: the defaults, and zeros for fields that have none. *)

val block_field_at : t -> int -> string
(** The name of the block field that the byte at that distance from the start of
    the block belongs to. *)

val field_name : t -> int -> string
(** The name of a tagged field, or of a variant, by its tag. *)

val knows : t -> int -> bool
(** Whether the tag is declared. *)

val name_at : (string * int) list -> int -> string
(** [name_at fields distance] is the name of the last field that starts at or
    before [distance]; fields are given with their starts, ascending. *)
