(** Whether this side and a peer read each other's messages, settled when they
    connect.

    Each generated message knows its {!history}, from the committed lock of its
    schemas. A peer says which version it has, as a {!peer}. {!verdict} compares
    the two, for the {!direction} in which data flows. *)

(** Which way one version and another read each other, seen from the side that
    says so. *)
type direction =
  | Neither
  | Reads  (** This side reads what the other writes. *)
  | Is_read_by  (** The other side reads what this one writes. *)
  | Both

type known = {
  version : string;  (** Their names, such as ["1.0"] or ["1.0 or 1.1"]. *)
  wire_digest : int64;  (** Theirs, as the bits of a [u64]. *)
  direction : direction;
      (** Which way the present version and these read each other. *)
  differences : string;
      (** What changed from them to the present version, in short sentences;
          may be empty. *)
}
(** Released versions of a message that share a wire digest other than the
    present one. *)

type history = {
  version : string;
      (** The released version that is exactly the present one, or
          ["unreleased"]. *)
  same : string;
      (** The names of all released versions with the present wire digest; may
          be empty. *)
  known : known list;  (** All other released versions, the newest first. *)
}
(** What the lock of the schemas knows of a message. *)

val empty : history
(** That of a message without history. *)

val find : history -> int64 -> known option
(** The released versions of that wire digest. *)

val accepted : history -> (int64 * direction) list
(** The digests a history vouches for, each with its direction, as a Hello
    announces them. *)

type peer = {
  wire_digest : int64;
  version : string option;
      (** Anything but 1 to 32 printable ASCII characters without spaces counts
          as none. *)
  accepted : (int64 * direction) list;
      (** The other digests its own history vouches for, with the direction as
          the peer sees it. *)
}
(** What a peer says of its version of a message. *)

val peer : ?version:string -> ?accepted:(int64 * direction) list -> int64 -> peer
(** A peer with that wire digest. *)

type compatibility =
  | Exact  (** The same wire digest: every byte means the same. *)
  | Compatible
      (** Committed history vouches that data can flow as it is asked to. *)
  | Incompatible  (** Data must not flow. *)

type verdict = {
  compatibility : compatibility;
  message : string Lazy.t;
      (** The verdict in a sentence, for errors and logs. *)
}

val verdict :
  name:string -> wire_digest:int64 -> history -> peer -> direction -> verdict
(** Whether data of the message [name], of which this side has the version
    [wire_digest], can flow in that direction. Either side's history may vouch
    for the other's digest, for each direction of the flow. *)
