(** Mycelium's generated code, with a writer that is used again. *)

module Quote : Contestant.CODEC
module Book : Contestant.CODEC
module Order : Contestant.CODEC
module Trading_quote : Contestant.CODEC

module Order_of_new_texts : Contestant.CODEC
(** Decodes orders whose texts did not come lately. *)
