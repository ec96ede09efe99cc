//! A bus whose routes are fixed when the program is compiled.

use std::cell::RefCell;
use std::rc::Rc;

use mycelium::control::Heartbeat;
use mycelium::Timestamp;
use mycelium_bus::{static_bus, Handle, MessageBus, Publish, PublishError};

struct Question(u32);
struct Answer(u32);

type Journal = Rc<RefCell<Vec<String>>>;

/// Asks so many more questions for each it hears, and notes what it could not ask.
struct Asker {
    journal: Journal,
    more: u32,
    refused: u32,
}

impl<B: Publish<Question> + Publish<Answer>> Handle<Question, B> for Asker {
    fn handle(&mut self, question: &Question, bus: &mut B) {
        self.journal
            .borrow_mut()
            .push(format!("asker hears question {}", question.0));
        for number in 1..=self.more {
            match bus.publish(Answer(question.0 * 10 + number)) {
                Ok(()) => {}
                Err(PublishError::Full) => self.refused += 1,
                Err(other) => panic!("{other}"),
            }
        }
    }
}

struct Listener {
    journal: Journal,
}

impl<B> Handle<Question, B> for Listener {
    fn handle(&mut self, question: &Question, _: &mut B) {
        let heard = format!("listener hears question {}", question.0);
        self.journal.borrow_mut().push(heard);
    }
}

impl<B: Publish<Question>> Handle<Answer, B> for Listener {
    fn handle(&mut self, answer: &Answer, bus: &mut B) {
        self.journal
            .borrow_mut()
            .push(format!("listener hears answer {}", answer.0));
        if answer.0 == 11 {
            bus.publish(Question(2)).expect("room for a question");
        }
    }
}

static_bus! {
    /// Two handlers that publish to each other.
    struct Conversation {
        asker: Asker,
        listener: Listener,
    }

    /// What they say.
    enum Said[4] {
        Question => asker & listener,
        Answer => listener,
    }
}

fn conversation(more: u32) -> (Conversation, Journal) {
    let journal = Journal::default();
    let asker = Asker {
        journal: Rc::clone(&journal),
        more,
        refused: 0,
    };
    let listener = Listener {
        journal: Rc::clone(&journal),
    };
    (Conversation::new(asker, listener), journal)
}

#[test]
fn what_handlers_publish_comes_after_the_message_at_hand_and_in_order() {
    let (mut bus, journal) = conversation(2);
    bus.publish(Question(1)).unwrap();
    let expected = [
        "asker hears question 1",
        "listener hears question 1",
        "listener hears answer 11",
        "listener hears answer 12",
        "asker hears question 2",
        "listener hears question 2",
        "listener hears answer 21",
        "listener hears answer 22",
    ];
    assert_eq!(*journal.borrow(), expected);
}

#[test]
fn a_full_queue_is_an_error_to_the_handler_and_the_bus_goes_on() {
    let (mut bus, journal) = conversation(6);
    bus.publish(Question(3)).unwrap();
    assert_eq!(bus.asker.refused, 2);
    assert_eq!(journal.borrow().len(), 2 + 4);
    bus.publish(Question(4)).unwrap();
    assert_eq!(bus.asker.refused, 4);
    assert_eq!(journal.borrow().len(), 2 * (2 + 4));
}

/// Publishes every second beat again, without knowing on what.
struct Halver;

impl<B: Publish<Heartbeat>> Handle<Timestamp, B> for Halver {
    fn handle(&mut self, time: &Timestamp, bus: &mut B) {
        let watermark = Timestamp::from_nanoseconds(time.nanoseconds() / 2);
        let beat = Heartbeat {
            time: *time,
            watermark,
        };
        bus.publish(beat).expect("an open bus");
    }
}

#[test]
fn the_same_handler_publishes_on_a_dynamic_bus() {
    let mut bus = MessageBus::new();
    let mut heard = bus.subscriber::<Heartbeat>();
    Halver.handle(&Timestamp::from_nanoseconds(8), &mut bus);
    let beat = heard.try_recv().unwrap().expect("a beat");
    assert_eq!(beat.watermark, Timestamp::from_nanoseconds(4));
}
