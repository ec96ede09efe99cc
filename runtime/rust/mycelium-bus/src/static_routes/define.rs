//! The macro that writes the routes down as code.

/// Defines a bus whose routes are fixed when the program is compiled: publishing a message is a direct call of each of its
/// handlers, one after the other as they are named, without dynamic dispatch, locks or allocation. The compiler sees through
/// all of it and inlines what is worth it.
///
/// Handlers implement [`Handle`](crate::Handle). What a handler publishes waits in a queue of fixed capacity until all handlers have
/// had the message at hand; then come the messages of the queue, first in, first out, until it is empty. So no handler
/// is entered while it is at work, no chain of messages deepens the stack, and the order is the same each time. A full queue gives the
/// handler [`PublishError::Full`](crate::PublishError::Full). Handlers that answer each other without end do not return.
///
/// The enum, named by whoever defines the bus, is of all messages that travel on it.
///
/// ```
/// use mycelium_bus::{static_bus, Handle, Publish};
///
/// struct Quote(f64);
/// struct Order(f64);
///
/// #[derive(Default)]
/// struct Strategy;
///
/// impl<B: Publish<Order>> Handle<Quote, B> for Strategy {
///     fn handle(&mut self, quote: &Quote, bus: &mut B) {
///         if quote.0 < 100.0 {
///             bus.publish(Order(quote.0)).expect("room for one order a quote");
///         }
///     }
/// }
///
/// #[derive(Default)]
/// struct Execution {
///     spent: f64,
/// }
///
/// impl<B> Handle<Order, B> for Execution {
///     fn handle(&mut self, order: &Order, _: &mut B) {
///         self.spent += order.0;
///     }
/// }
///
/// static_bus! {
///     /// Everything in one thread.
///     struct Engine {
///         strategy: Strategy,
///         execution: Execution,
///     }
///
///     /// What travels on it; handlers may publish 16 messages before the first of them is delivered.
///     enum EngineMessage[16] {
///         Quote => strategy,
///         Order => execution,
///     }
/// }
///
/// let mut engine = Engine::new(Strategy, Execution::default());
/// engine.publish(Quote(99.0))?;
/// engine.publish(Quote(101.0))?;
/// assert_eq!(engine.execution.spent, 99.0);
/// # Ok::<(), mycelium_bus::PublishError>(())
/// ```
#[macro_export]
macro_rules! static_bus {
    (
        $(#[$about:meta])*
        $visibility:vis struct $bus:ident {
            $($field:ident: $handler:ty),+ $(,)?
        }

        $(#[$about_messages:meta])*
        $messages_visibility:vis enum $messages:ident[$capacity:expr] {
            $($message:ident => $($to:ident)&+),+ $(,)?
        }
    ) => {
        $(#[$about])*
        $visibility struct $bus {
            $(
                /// A handler.
                $visibility $field: $handler,
            )+
            published: $crate::StaticQueue<$messages, { $capacity }>,
        }

        $(#[$about_messages])*
        $messages_visibility enum $messages {
            $(
                /// A message of this type.
                $message($message),
            )+
        }

        $(
            impl ::core::convert::From<$message> for $messages {
                #[inline]
                fn from(message: $message) -> Self {
                    Self::$message(message)
                }
            }

            impl $crate::Publish<$message> for $bus {
                #[inline]
                fn publish(&mut self, message: $message) -> ::core::result::Result<(), $crate::PublishError> {
                    $($crate::Handle::handle(&mut self.$to, &message, &mut self.published);)+
                    self.deliver_published();
                    ::core::result::Result::Ok(())
                }
            }
        )+

        impl $bus {
            /// A bus of these handlers.
            #[allow(dead_code, reason = "a bus may be made elsewhere")]
            $visibility fn new($($field: $handler),+) -> Self {
                Self { $($field,)+ published: ::core::default::Default::default() }
            }

            /// Calls the handlers of the message, then those of what handlers published meanwhile, in that order.
            ///
            /// # Errors
            /// None at present: the caller's own message needs no room.
            #[inline]
            $visibility fn publish<M>(&mut self, message: M) -> ::core::result::Result<(), $crate::PublishError>
            where
                Self: $crate::Publish<M>,
            {
                $crate::Publish::publish(self, message)
            }

            #[inline]
            fn deliver_published(&mut self) {
                while let ::core::option::Option::Some(published) = self.published.take() {
                    match published {
                        $($messages::$message(message) => {
                            $($crate::Handle::handle(&mut self.$to, &message, &mut self.published);)+
                        })+
                    }
                }
            }
        }
    };
}
