@0x9b2c7f4e1d3a5c60;

struct Quote {
  symbol @0 :Text;
  time @1 :Int64;
  bid @2 :Float64;
  ask @3 :Float64;
  bidSize @4 :UInt32;
  askSize @5 :UInt32;
  sequence @6 :UInt64;
  side @7 :UInt8;
}

struct Level {
  price @0 :Float64;
  quantity @1 :Float64;
}

struct Book {
  symbol @0 :Text;
  time @1 :Int64;
  sequence @2 :UInt64;
  bids @3 :List(Level);
  asks @4 :List(Level);
}

struct Attribute {
  key @0 :Text;
  value @1 :Text;
}

struct Order {
  id @0 :Data;
  symbol @1 :Text;
  side @2 :UInt8;
  hasLimitPrice @3 :Bool;
  limitPrice @4 :Float64;
  tags @5 :List(Text);
  attributes @6 :List(Attribute);
}

struct TradingQuote {
  symbol @0 :Text;
  time @1 :Int64;
  bid @2 :Int64;
  ask @3 :Int64;
  bidSize @4 :UInt32;
  askSize @5 :UInt32;
  sequence @6 :UInt64;
  venue @7 :UInt16;
  conditions @8 :List(Text);
}
