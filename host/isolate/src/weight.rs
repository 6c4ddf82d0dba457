//! How many values a frame has, before it is read.

use std::fmt;

use serde::Deserialize;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};

use crate::channel::{ChannelError, read};

/// Lists and objects, and what stands in them, that a frame of a child's may have: small in bytes, they
/// are large once they are read. A script may answer with 20,000 values.
const MOST_VALUES: usize = 1 << 16;

/// Refuses a frame with more values than that. Texts are as large as they look.
pub(crate) fn weigh(frame: &[u8]) -> Result<(), ChannelError> {
    let Weight(values) = read(frame)?;
    if values > MOST_VALUES {
        return Err(ChannelError::Heavy(values));
    }
    Ok(())
}

/// How many lists, objects and values in them there are.
struct Weight(usize);

impl<'de> Deserialize<'de> for Weight {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Weighing)
    }
}

struct Weighing;

macro_rules! weightless {
    ($($visit:ident($value:ty)),+) => {
        $(fn $visit<E: Error>(self, _: $value) -> Result<Weight, E> {
            Ok(Weight(0))
        })+
    };
}

impl<'de> Visitor<'de> for Weighing {
    type Value = Weight;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    weightless!(
        visit_bool(bool),
        visit_i64(i64),
        visit_u64(u64),
        visit_f64(f64),
        visit_str(&str)
    );

    fn visit_unit<E: Error>(self) -> Result<Weight, E> {
        Ok(Weight(0))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Weight, A::Error> {
        let mut all = 1;
        while let Some(Weight(own)) = items.next_element()? {
            all += 1 + own;
        }
        Ok(Weight(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Weight, A::Error> {
        let mut all = 1;
        while let Some((Weight(key), Weight(own))) = fields.next_entry()? {
            all += 1 + key + own;
        }
        Ok(Weight(all))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::channel::DEEPEST;

    #[test]
    fn a_frame_of_few_bytes_and_many_values_is_refused_before_it_is_read() {
        let heavy = |value: &serde_json::Value| {
            let weighed = weigh(&rmp_serde::to_vec_named(value).unwrap());
            matches!(weighed, Err(ChannelError::Heavy(_)))
        };
        assert!(heavy(&json!(vec![json!({"a": 0}); 40_000])));
        assert!(heavy(&json!(vec![json!([]); 40_000])));
        assert!(!heavy(&json!(vec![json!(0); 20_000])));
        let text = json!("[{,".repeat(100_000));
        assert!(!heavy(&text), "a text is one value, whatever is in it");
        // What is announced and does not come costs nothing.
        assert!(matches!(
            weigh(&[0xdd, 0xff, 0xff, 0xff, 0xff, 0x00]),
            Err(ChannelError::Unreadable(_))
        ));
        let deep = [0x91].repeat(DEEPEST * 2);
        assert!(matches!(weigh(&deep), Err(ChannelError::Unreadable(_))));
    }

    #[test]
    fn what_is_no_value_of_json_is_refused_before_it_is_read() {
        // Bytes, which a list of numbers could be read from; an extension; a text that is none; a key
        // that is a list; nothing at all.
        let frames: [&[u8]; 5] = [
            &[0xc4, 3, 1, 2, 3],
            &[0xd4, 1, 0],
            &[0xa2, 0xff, 0xfe],
            &[0x81, 0x91, 0xc4, 0, 0],
            &[],
        ];
        for frame in frames {
            let weighed = weigh(frame);
            let is_refused = matches!(weighed, Err(ChannelError::Unreadable(_)));
            assert!(is_refused, "{frame:x?}: {weighed:?}");
        }
    }
}
