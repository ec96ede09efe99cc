(** Written by hand for these messages alone, with the checks Mycelium makes of
    the same bytes, in memory that is used again. *)

module Quote : Contestant.CODEC
module Book : Contestant.CODEC
