(* Two sides that say which version they have, and judge each other's. The
   sentences of verdicts are held against vectors shared by all languages. *)

open Mycelium.Versions

let name = "shop.Order"
let old_digest = 0xa1L
let new_digest = 0xb2L

(* The new version knows the old one, which was released before it. *)
let new_history =
  {
    version = "1.1";
    same = "1.1";
    known =
      [
        {
          version = "1.0";
          wire_digest = old_digest;
          direction = Reads;
          differences = "`shop.Order.size` is new";
        };
        {
          version = "0.9";
          wire_digest = 0xc3L;
          direction = Neither;
          differences = "";
        };
      ];
  }

let announced wire_digest (history : history) =
  peer ~version:history.version ~accepted:(accepted history) wire_digest

let judged wire_digest history peer flow =
  (verdict ~name ~wire_digest history peer flow).compatibility

let both_sides_agree () =
  let old_peer = announced old_digest empty in
  let new_peer = announced new_digest new_history in
  Check.that "only what is vouched for is announced"
    (accepted new_history = [ (old_digest, Reads) ]);
  Check.that "the new side reads the old one"
    (judged new_digest new_history old_peer Reads = Compatible);
  Check.that "the old side takes the new one's word"
    (judged old_digest empty new_peer Is_read_by = Compatible);
  Check.that "the new side refuses to write"
    (judged new_digest new_history old_peer Both = Incompatible);
  Check.that "the old side refuses to read"
    (judged old_digest empty new_peer Both = Incompatible)

let versions_are_found () =
  Check.that "a known digest" (find new_history 0xc3L <> None);
  Check.that "an unknown digest" (find new_history new_digest = None);
  Check.that "the same digest"
    (judged new_digest new_history (peer new_digest) Both = Exact)

let messages_say_what_is_wrong () =
  let { message; _ } =
    verdict ~name ~wire_digest:old_digest empty (peer 7L) Reads
  in
  Check.text "no history"
    "shop.Order: an unreleased version (wire digest 00000000000000a1) here, an \
     unknown version (wire digest 0000000000000007) at the peer: no history \
     says that this side reads what the peer writes; record both versions in \
     one lock and generate again, or give both sides the same version"
    (Lazy.force message)

let run () =
  both_sides_agree ();
  versions_are_found ();
  messages_say_what_is_wrong ()
