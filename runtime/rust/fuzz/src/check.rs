//! What must hold for every body, good or bad.

use std::fmt::Debug;

use mycelium::wire::Codec;
use mycelium::{DecodeError, EncodeError, ErrorCode, Message};
use mycelium_generated::conformance;

use crate::METER;

/// The most bytes decoding may allocate for each byte of the body. An element of one byte becomes a value of a few
/// dozen, held up to three times while its list or map grows.
const ALLOCATED_PER_BYTE: usize = 512;

/// What decoding may allocate for any body, errors included.
const ALLOCATED_ALWAYS: usize = 16 * 1024;

/// Checks a body of the message of that short name; None where there is no such message.
pub fn check(message: &str, body: &[u8]) -> Option<Result<(), String>> {
    Some(match message {
        "Scalars" => check_message::<conformance::Scalars>(body),
        "Optionals" => check_message::<conformance::Optionals>(body),
        "Leaf" => check_message::<conformance::Leaf>(body),
        "Texts" => check_message::<conformance::Texts>(body),
        "Lists" => check_message::<conformance::Lists>(body),
        "Maps" => check_message::<conformance::Maps>(body),
        "Events" => check_message::<conformance::Events>(body),
        "Tree" => check_message::<conformance::Tree>(body),
        "Sparse" => check_message::<conformance::Sparse>(body),
        "Empty" => check_message::<conformance::Empty>(body),
        "Limits" => check_message::<conformance::Limits>(body),
        "Quote" => check_message::<conformance::Quote>(body),
        "Mixed" => check_message::<conformance::Mixed>(body),
        "Wide1" => check_message::<conformance::Wide1>(body),
        "Older" => check_message::<conformance::Older>(body),
        "Newer" => check_message::<conformance::Newer>(body),
        _ => return None,
    })
}

fn check_message<M: Message + Debug>(body: &[u8]) -> Result<(), String>
where
    for<'a> <M as Codec>::View<'a>: Debug,
{
    let (decoded, allocated) = METER.peak_during(|| M::decode(body));
    if allocated > ALLOCATED_ALWAYS + ALLOCATED_PER_BYTE * body.len() {
        return Err(format!("{allocated} bytes allocated"));
    }
    let (view, allocated_by_view) = METER.peak_during(|| M::view(body));
    match (&decoded, &view) {
        (Err(error), Err(of_view)) if error == of_view => return check_error::<M>(error, body),
        (Ok(_), Ok(_)) if allocated_by_view == 0 => {}
        (Ok(_), Ok(_)) => return Err(format!("the view allocated {allocated_by_view} bytes")),
        _ => return Err(format!("decode {:?}, view {:?}", decoded.err(), view.err())),
    }
    let (Ok(message), Ok(view)) = (decoded, view) else {
        return Ok(());
    };
    if format!("{message:?}") != format!("{view:?}") {
        return Err("the view shows another value".to_owned());
    }
    check_encoding(&message)
}

fn check_error<M: Message>(error: &DecodeError, body: &[u8]) -> Result<(), String> {
    if error.offset() > body.len() {
        return Err(format!("offset beyond the end: {error}"));
    }
    if !error.path().starts_with(M::SHORT_NAME) {
        return Err(format!("path does not begin with the message: {error}"));
    }
    Ok(())
}

fn check_encoding<M: Message>(message: &M) -> Result<(), String> {
    let encoded = match message.encode_to_vec() {
        Ok(encoded) => encoded,
        Err(error) => return check_refusal(&error),
    };
    if message.encoded_length() != Ok(encoded.len()) {
        return Err("the measured length is another".to_owned());
    }
    let mut buffer = vec![0xAA; encoded.len()];
    let in_place = message.encode_to_slice(&mut buffer);
    if in_place != Ok(encoded.len()) || buffer != encoded {
        return Err("encoding into a slice gives other bytes".to_owned());
    }
    // Equal values have equal bytes, and bytes compare where a NaN does not.
    match M::decode(&encoded).map(|again| again.encode_to_vec()) {
        Ok(Ok(again)) if again == encoded => Ok(()),
        other => Err(format!("does not come back: {other:?}")),
    }
}

/// A decoded value may be refused only because a default that was absent takes it over a limit.
fn check_refusal(error: &EncodeError) -> Result<(), String> {
    match error.code() {
        ErrorCode::DepthExceeded | ErrorCode::BudgetExceeded => Ok(()),
        _ => Err(format!("cannot be encoded again: {error}")),
    }
}
