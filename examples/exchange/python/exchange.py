"""Write an order as a frame, or read one: ``exchange.py write > FILE``, ``exchange.py read < FILE``.

The programs beside this one do the same in Rust and OCaml; the bytes are the same in all three.
"""

import sys
from decimal import Decimal
from uuid import UUID

import mycelium_registry
from trading.instrument import Side, Venue
from trading.orders import Limit, OrderRequest, PricingLimit, TimeInForce

from mycelium import Envelope, decode_frame, encode_frame

ORDER = OrderRequest(
    id=UUID("0f8fad5b-d9cb-469f-a165-70867728950e"),
    symbol="EURUSD",
    time=1_577_898_000_065_000_000,
    side=Side.BUY,
    quantity=Decimal("250000"),
    pricing=PricingLimit(Limit(price=Decimal("1.12115"), post_only=True)),
    time_in_force=TimeInForce.GTC,
    venue=Venue.EBS,
    strategy="mean-reversion",
    account="4711-0815",
    tags={"desk": "fx", "trader": "ada"},
)
ENVELOPE = Envelope(sequence=1, published_at=1_577_898_000_066_000_000, source=1, destination=2)


def main() -> None:
    """Do as the command line says."""
    if sys.argv[1:] == ["write"]:
        sys.stdout.buffer.write(encode_frame(ORDER, ENVELOPE))
    elif sys.argv[1:] == ["read"]:
        frame = decode_frame(sys.stdin.buffer.read(), mycelium_registry.MESSAGES)
        assert frame.message == ORDER and frame.envelope == ENVELOPE
        print(frame.message)
    else:
        sys.exit("usage: exchange.py write | read")


if __name__ == "__main__":
    main()
