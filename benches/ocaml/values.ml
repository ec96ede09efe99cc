open Bin_prot.Std

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

let time = 1_577_898_000_065_000_000L

let quote () =
  {
    symbol = "EURUSD";
    time;
    bid = 1.1212;
    ask = 1.12172;
    bid_size = 1_000_000;
    ask_size = 2_500_000;
    sequence = 123_456L;
    side = Buy;
  }

let levels make price step quantity =
  Array.init 20 (fun index ->
      let index = float_of_int index in
      make (price +. (index *. step)) (quantity +. (index *. 250_000.)))

let bids make = levels make 1.1212 (-0.00005) 1_000_000.
let asks make = levels make 1.12172 0.00005 1_250_000.
let level price quantity = { price; quantity }

let book () =
  {
    book_symbol = "EURUSD";
    book_time = time;
    book_sequence = 123_456L;
    bids = bids level;
    asks = asks level;
  }

let id = "\x5e\x3f\x2c\x1a\x9b\x7d\x4c\x6e\x8f\x10\x2a\x3b\x4c\x5d\x6e\x7f"

let order () =
  {
    id;
    order_symbol = "EURUSD";
    order_side = Sell;
    limit_price = Some 1.12165;
    tags = [| "algo"; "momentum"; "eu" |];
    attributes = [ ("desk", "fx-spot"); ("trader", "mlin") ];
  }

let trading_quote () =
  {
    instrument = "EURUSD";
    published = time;
    best_bid = 112_120_000L;
    best_ask = 112_172_000L;
    size_bid = 1_000_000;
    size_ask = 2_500_000;
    number = 123_456L;
    venue = Some 1;
    conditions = Some [| "firm"; "auction" |];
  }
