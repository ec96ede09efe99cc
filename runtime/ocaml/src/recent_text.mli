(** Short texts that were decoded lately, so that those which come again and again,
    as symbols and the names of things do, are one string in memory.

    A text is kept when it comes a second time before another one of its place
    does: what never comes again costs a comparison, and displaces nothing. There
    is room for 256 texts of each sort. Any number of threads and domains may use
    them at once: at worst a text is made anew that is kept already. Only where
    {!Word.strings_are_words}. *)

val unknown : string
(** What the following give where they do not know a text: an empty one, told from
    others by being itself ([==]). *)

val text : int64 -> filled:int64 -> string
(** Of 1 to 7 bytes, by the word of these bytes and zeros, and by the one it fills
    ({!Word_copy.filled}). *)

val long_text : int64 -> int64 -> filled:int64 -> string
(** Of 8 to 15 bytes, by their first word, their second one, with zeros, and the
    word that the second fills. *)

val symbol : int64 -> string
(** Of 1 to 7 printable characters of ASCII, by the word of these and NULs. *)

(** {1 Considering a text that was not known}

    By the same words. *)

val note_text : int64 -> string -> unit
val note_long_text : int64 -> int64 -> string -> unit
val note_symbol : int64 -> string -> unit
