(** bin_prot, with the readers and writers its preprocessor makes, in a buffer
    that is used again. *)

module Quote : Contestant.CODEC
module Book : Contestant.CODEC
module Order : Contestant.CODEC
module Trading_quote : Contestant.CODEC
