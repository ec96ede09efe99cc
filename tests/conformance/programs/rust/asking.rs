//! `serve` and `request`.

use std::sync::Arc;
use std::time::Duration;

use crate::answer::Answer;
use crate::current;
use crate::peer::Peer;

impl Peer {
    pub fn serve(&self, service: &str) -> Answer {
        let gate = Arc::clone(&self.gate);
        let from = service.to_owned();
        self.bus(service)?
            .serve(move |question: &current::Question| {
                match question.behaviour {
                    current::Behaviour::Refuse => return Err(format!("{from} was told to refuse")),
                    current::Behaviour::Wait => gate.wait(),
                    _ => {}
                }
                Ok(current::Answer {
                    number: question.number,
                    from: from.clone(),
                })
            });
        Ok(String::new())
    }

    pub fn request(
        &self,
        service: &str,
        to: &str,
        number: u64,
        behaviour: u8,
        timeout: Duration,
    ) -> Answer {
        let question = current::Question {
            number,
            behaviour: current::Behaviour::from_number(behaviour),
        };
        let answer: current::Answer =
            self.bus(service)?
                .request_to(&question, (to != "-").then_some(to), Some(timeout))?;
        Ok(format!("{}:{}", answer.from, answer.number))
    }
}
