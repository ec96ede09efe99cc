(** Mycelium's generated code, with a writer that is used again. *)

module Quote : Contestant.CODEC
module Book : Contestant.CODEC
module Order : Contestant.CODEC
