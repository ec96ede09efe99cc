//! What the enums of a schema share, whichever their members.

/// What every open enum can do: generated code calls this with the enum's name and its number type, having given the
/// enum `number`, `from_number` and `name`. Members are equal, ordered and hashed by their numbers.
#[macro_export]
#[doc(hidden)]
macro_rules! open_enum {
    ($name:ident, $number:ty) => {
        impl ::core::cmp::PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.number() == other.number()
            }
        }

        impl ::core::cmp::Eq for $name {}

        impl ::core::cmp::PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> ::core::option::Option<::core::cmp::Ordering> {
                ::core::option::Option::Some(::core::cmp::Ord::cmp(self, other))
            }
        }

        impl ::core::cmp::Ord for $name {
            fn cmp(&self, other: &Self) -> ::core::cmp::Ordering {
                ::core::cmp::Ord::cmp(&self.number(), &other.number())
            }
        }

        impl ::core::hash::Hash for $name {
            fn hash<H: ::core::hash::Hasher>(&self, state: &mut H) {
                ::core::hash::Hash::hash(&self.number(), state);
            }
        }

        $crate::wire::describe_enum_key!($name);

        impl $crate::wire::FixedSize for $name {
            type Value = Self;
            const SIZE: usize = ::core::mem::size_of::<$number>();
            const CHECKED: bool = false;

            #[inline]
            fn check(_: &[u8]) -> ::core::result::Result<(), $crate::DecodeError> {
                ::core::result::Result::Ok(())
            }

            #[inline]
            fn get(bytes: &[u8]) -> Self {
                Self::from_number($crate::wire::get::<$number>(bytes))
            }

            #[inline]
            fn put(value: &Self, bytes: &mut [u8]) {
                $crate::wire::put::<$number>(&value.number(), bytes);
            }

            fn get_all(bytes: &[u8]) -> ::std::vec::Vec<Self> {
                $crate::wire::get_elements::<Self, { ::core::mem::size_of::<$number>() }>(bytes)
            }

            fn put_all(values: &[Self], bytes: &mut [u8]) {
                $crate::wire::put_elements::<Self, { ::core::mem::size_of::<$number>() }>(
                    values, bytes,
                );
            }
        }
    };
}

/// As [`open_enum`], for a closed enum: `from_number` gives an option, `FIRST` is the member that stands for numbers that
/// have not been checked.
#[macro_export]
#[doc(hidden)]
macro_rules! closed_enum {
    ($name:ident, $number:ty) => {
        $crate::wire::describe_enum_key!($name);

        impl $crate::wire::FixedSize for $name {
            type Value = Self;
            const SIZE: usize = ::core::mem::size_of::<$number>();
            const CHECKED: bool = true;

            #[inline]
            fn check(bytes: &[u8]) -> ::core::result::Result<(), $crate::DecodeError> {
                match Self::from_number($crate::wire::get::<$number>(bytes)) {
                    ::core::option::Option::Some(_) => ::core::result::Result::Ok(()),
                    ::core::option::Option::None => ::core::result::Result::Err(
                        $crate::DecodeError::new($crate::ErrorCode::BadEnum, 0),
                    ),
                }
            }

            #[inline]
            fn get(bytes: &[u8]) -> Self {
                let number = $crate::wire::get::<$number>(bytes);
                Self::from_number(number).unwrap_or(Self::FIRST)
            }

            #[inline]
            fn put(value: &Self, bytes: &mut [u8]) {
                $crate::wire::put::<$number>(&value.number(), bytes);
            }

            fn get_all(bytes: &[u8]) -> ::std::vec::Vec<Self> {
                $crate::wire::get_elements::<Self, { ::core::mem::size_of::<$number>() }>(bytes)
            }

            fn put_all(values: &[Self], bytes: &mut [u8]) {
                $crate::wire::put_elements::<Self, { ::core::mem::size_of::<$number>() }>(
                    values, bytes,
                );
            }
        }
    };
}

/// In paths an enum key is its member's name, or its number where it has none.
#[macro_export]
#[doc(hidden)]
macro_rules! describe_enum_key {
    ($name:ident) => {
        impl $crate::wire::DescribeKey for $name {
            fn describe_key(&self) -> ::std::string::String {
                match self.name() {
                    ::core::option::Option::Some(name) => ::std::string::ToString::to_string(name),
                    ::core::option::Option::None => {
                        ::std::string::ToString::to_string(&self.number())
                    }
                }
            }
        }
    };
}
