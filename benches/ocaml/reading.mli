(** Taking every field out of the plain records. *)

val quote : Values.quote -> unit
val book : Values.book -> unit
val order : Values.order -> unit
val trading_quote : Values.trading_quote -> unit
