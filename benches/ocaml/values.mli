(** What every contestant carries, as plain records: the same values as in the
    other languages. Times and sequences need all 64 bits, so they are [int64]
    for everybody. *)

type side = Buy | Sell | Unknown of int [@@deriving bin_io]

type quote = {
  symbol : string;
  time : int64;
  bid : float;
  ask : float;
  bid_size : int;
  ask_size : int;
  sequence : int64;
  side : side;
}
[@@deriving bin_io]

type level = { price : float; quantity : float } [@@deriving bin_io]

type book = {
  book_symbol : string;
  book_time : int64;
  book_sequence : int64;
  bids : level array;
  asks : level array;
}
[@@deriving bin_io]

type order = {
  id : string;
  order_symbol : string;
  order_side : side;
  limit_price : float option;
  tags : string array;
  attributes : (string * string) list;
}
[@@deriving bin_io]

(** The trading schema's own quote: prices in units of 10^-8. *)
type trading_quote = {
  instrument : string;
  published : int64;
  best_bid : int64;
  best_ask : int64;
  size_bid : int;
  size_ask : int;
  number : int64;
  venue : int option;
  conditions : string array option;
}
[@@deriving bin_io]

val quote : unit -> quote
val book : unit -> book
val order : unit -> order
val trading_quote : unit -> trading_quote

(** {1 Parts, for contestants with records of their own} *)

val time : int64
val id : string

val bids : (float -> float -> 'level) -> 'level array
(** 20 levels, each made of its price and quantity. *)

val asks : (float -> float -> 'level) -> 'level array
