(** Strings cut out of bytes, a word at a time: most values are so short that a
    call of the C library costs more than its work. *)

val sub : Bytes.t -> int -> int -> string
(** [sub bytes start size]: as [Bytes.sub_string], of a range that callers have
    checked. *)

(** {1 Strings of one word}

    Their sizes, called [count], are 0 to 7. Only where
    {!Word.strings_are_words}. *)

val low_bytes : int -> int64 -> int64
(** [low_bytes count word] is the word with all but its first [count] bytes set to
    zero. *)

val filled : int -> int64 -> int64
(** The word that a string of the first [count] bytes of a word fills. All other
    bytes are zero. *)

val short_string : int -> int64 -> string
(** That string. *)
