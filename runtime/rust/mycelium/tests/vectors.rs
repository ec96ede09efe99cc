//! The shared vectors of frames, and the registry that knows their types.

use std::fs;
use std::path::Path;

use mycelium::frame::{encode_message, Envelope, Frame, FrameReader, DEFAULT_LENGTH_MAX};
use mycelium::{DecodeError, ErrorCode, Message};
use mycelium_generated::registry;

struct FrameVector {
    frame: Vec<u8>,
    error: Option<String>,
    body: Option<Vec<u8>>,
    has_envelope: bool,
}

fn text_after<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(label)?;
    rest.split('"').next()
}

fn from_hex(digits: &str) -> Vec<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16).expect("a hexadecimal digit") as u8;
    digits
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}

fn frame_vectors() -> Vec<FrameVector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/interop/vectors");
    let lines = fs::read_to_string(folder.join("frames.jsonl")).expect("the shared vectors");
    let vector = |line: &str| FrameVector {
        frame: from_hex(text_after(line, "\"frame\": \"").expect("a frame")),
        error: text_after(line, "\"error\": \"").map(str::to_owned),
        body: text_after(line, "\"body\": \"").map(from_hex),
        has_envelope: line.contains("\"envelope\""),
    };
    lines.lines().map(vector).collect()
}

/// A frame and the message in it, the way a receiver reads both.
fn receive(bytes: &[u8]) -> Result<(Frame<'_>, registry::AnyMessage), DecodeError> {
    let frame = Frame::decode(bytes, DEFAULT_LENGTH_MAX, registry::is_known)?;
    Ok((frame, registry::decode(frame.type_id, frame.body)?))
}

#[test]
fn frames_are_taken_apart_or_refused() {
    let vectors = frame_vectors();
    assert!(vectors.len() > 40);
    for vector in vectors {
        match receive(&vector.frame) {
            Ok((frame, message)) => {
                assert_eq!(Some(frame.body), vector.body.as_deref());
                assert_eq!(frame.envelope.is_some(), vector.has_envelope);
                assert_eq!(message.type_id(), frame.type_id);
                let mut written = Vec::new();
                frame.encode(DEFAULT_LENGTH_MAX, &mut written).unwrap();
                assert_eq!(written, vector.frame);
            }
            Err(error) => assert_eq!(Some(error.code().name()), vector.error.as_deref()),
        }
    }
}

#[test]
fn offences_are_where_the_vectors_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/interop/vectors");
    let lines = fs::read_to_string(folder.join("frame_offences.jsonl")).expect("the vectors");
    assert!(lines.lines().count() > 20);
    for line in lines.lines() {
        let frame = from_hex(text_after(line, "\"frame\": \"").expect("a frame"));
        let error = receive(&frame).expect_err(line);
        let place = format!(
            "\"error\": \"{}\", \"offset\": {}, \"path\": \"{}\"",
            error.code().name(),
            error.offset(),
            error.path()
        );
        assert!(line.contains(&place), "{line}: {place}");
    }
}

#[test]
fn a_stream_of_all_good_frames_comes_byte_by_byte() {
    let good: Vec<_> = frame_vectors()
        .into_iter()
        .filter(|vector| vector.error.is_none())
        .collect();
    let mut reader = FrameReader::new(DEFAULT_LENGTH_MAX);
    let mut bodies = Vec::new();
    for byte in good.iter().flat_map(|vector| &vector.frame) {
        reader.push(&[*byte]);
        while let Some(frame) = reader.next_frame(registry::is_known).unwrap() {
            bodies.push(Some(frame.body.to_vec()));
        }
    }
    assert_eq!(reader.finish(), Ok(()));
    assert_eq!(
        bodies,
        good.iter()
            .map(|vector| vector.body.clone())
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_message_is_framed_without_a_body_made_apart() {
    use mycelium_generated::conformance::{Leaf, Sparse};
    let sparse = Sparse::builder().first(1).last(2).build().unwrap();
    let envelope = Envelope {
        sequence: 9,
        ..Envelope::default()
    };
    let mut framed = vec![0xFF];
    encode_message(&sparse, Some(&envelope), 200, &mut framed).unwrap();
    let frame = Frame::decode(&framed[1..], 200, registry::is_known).unwrap();
    assert_eq!(
        (frame.envelope, Sparse::decode(frame.body)),
        (Some(envelope), Ok(sparse.clone()))
    );

    let refused = encode_message(&sparse, Some(&envelope), 56, &mut framed).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::FrameTooLarge);
    let nested = Leaf::builder().name("nested").build().unwrap();
    let refused_too = encode_message(&nested, None, 200, &mut framed).unwrap_err();
    assert_eq!(refused_too.code(), ErrorCode::EncodeType);
    assert_eq!(
        &framed[1..],
        [&framed[1..9], &envelope.to_bytes(), frame_body(&framed)].concat()
    );
}

fn frame_body(framed: &[u8]) -> &[u8] {
    &framed[1 + 8 + 56..]
}

#[test]
fn the_registry_is_sorted_and_says_what_messages_say() {
    assert!(registry::MESSAGES.is_sorted_by_key(|message| message.type_id));
    let scalars = registry::find(1000).expect("a known type");
    assert_eq!(scalars.name, "conformance.Scalars");
    assert_eq!(
        scalars.wire_digest,
        mycelium_generated::conformance::Scalars::WIRE_DIGEST
    );
    assert!(!registry::is_known(999));
    let unknown = registry::decode(999, &[]).unwrap_err();
    assert_eq!(unknown.code(), ErrorCode::UnknownType);
}
