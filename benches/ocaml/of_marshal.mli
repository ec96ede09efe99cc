(** The standard library's Marshal, into a buffer that is used again, and without
    the search for shared values, which it is fastest without. *)

module Quote : Contestant.CODEC
module Book : Contestant.CODEC
module Order : Contestant.CODEC
module Trading_quote : Contestant.CODEC
