/// Edge lengths that are drawn, in pixels; the panel takes the nearest.
pub(crate) const SIZES: [u16; 4] = [22, 24, 32, 48];

/// What the icon says. Each state has its own sign in the screen, and its own colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// A hook.
    Idle,
    /// Three dots.
    Waiting,
    /// A tick.
    Connected,
    /// An exclamation mark, on a triangle in place of the screen.
    Attention,
}

impl State {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "idle" => Some(Self::Idle),
            "waiting" => Some(Self::Waiting),
            "connected" => Some(Self::Connected),
            "attention" => Some(Self::Attention),
            _ => None,
        }
    }

    /// Dark enough for a white sign (contrast above 4.5), light enough for a dark panel.
    fn colour(self) -> [u8; 3] {
        match self {
            Self::Idle => [0x5b, 0x66, 0x75],
            Self::Waiting => [0x1f, 0x6f, 0xc4],
            Self::Connected => [0x1c, 0x7f, 0x45],
            Self::Attention => [0xb8, 0x50, 0x00],
        }
    }
}

/// Samples along each edge of a pixel.
const FINENESS: u16 = 4;
/// Half the width of a sign's strokes; the icon is 24 by 24.
const STROKE: f32 = 1.25;

type Point = (f32, f32);

/// The icon as ARGB32 in network byte order, row by row (StatusNotifierItem, `IconPixmap`).
pub(crate) fn draw(state: State, size: u16) -> Vec<u8> {
    let mut data = Vec::with_capacity(usize::from(size) * usize::from(size) * 4);
    for y in 0..size {
        for x in 0..size {
            data.extend(pixel(state, (x, y), size));
        }
    }
    data
}

fn pixel(state: State, (x, y): (u16, u16), size: u16) -> [u8; 4] {
    let fine = f32::from(size * FINENESS) / 24.0;
    let at = |pixel: u16, part: u16| (f32::from(pixel * FINENESS + part) + 0.5) / fine;
    let (mut covered, mut white) = (0_u16, 0_u16);
    for part in 0..FINENESS * FINENESS {
        let point = (at(x, part % FINENESS), at(y, part / FINENESS));
        if rim(state, point) {
            covered += 1;
            // The light rim keeps the shape apart from a dark panel.
            white += u16::from(!body(state, point) || sign(state, point));
        }
    }
    let most = FINENESS * FINENESS;
    let mixed = |colour: u8| {
        let covered = covered.max(1);
        (u16::from(colour) * (covered - white.min(covered)) + 255 * white) / covered
    };
    let [red, green, blue] = state.colour().map(|colour| mixed(colour).to_be_bytes()[1]);
    [(covered * 255 / most).to_be_bytes()[1], red, green, blue]
}

fn rim(state: State, point: Point) -> bool {
    outline(state, point) < 1.0
}

fn body(state: State, point: Point) -> bool {
    outline(state, point) < 0.0
}

/// The distance from the edge of the shape: a screen on a foot, or a triangle.
fn outline(state: State, (x, y): Point) -> f32 {
    if state == State::Attention {
        let corners = [(12.0, 4.0), (20.5, 19.5), (3.5, 19.5)];
        return triangle((x, y), corners) - 1.5;
    }
    let screen = rectangle((x, y), (12.0, 10.0), (9.0, 7.0)) - 1.5;
    let foot = rectangle((x, y), (12.0, 20.5), (4.5, 0.5)) - 0.5;
    let neck = rectangle((x, y), (12.0, 18.5), (1.5, 1.5));
    screen.min(foot).min(neck)
}

fn sign(state: State, point: Point) -> bool {
    let distance = match state {
        State::Idle => {
            let shaft = segment(point, ((14.5, 5.0), (14.5, 10.5)));
            let (x, y) = (point.0 - 11.75, point.1 - 10.5);
            let bend = if y > 0.0 {
                (x.hypot(y) - 2.75).abs()
            } else {
                f32::MAX
            };
            let tip = segment(point, ((9.0, 10.5), (9.0, 9.5)));
            shaft.min(bend).min(tip)
        }
        State::Waiting => [6.5, 12.0, 17.5]
            .map(|x| (point.0 - x).hypot(point.1 - 10.0) - 0.5)
            .into_iter()
            .fold(f32::MAX, f32::min),
        State::Connected => {
            let down = segment(point, ((7.5, 10.0), (10.75, 13.25)));
            down.min(segment(point, ((10.75, 13.25), (16.5, 6.75))))
        }
        State::Attention => {
            let stroke = segment(point, ((12.0, 8.5), (12.0, 13.5)));
            stroke.min((point.0 - 12.0).hypot(point.1 - 17.0) - 0.15)
        }
    };
    distance < STROKE
}

fn rectangle((x, y): Point, (cx, cy): Point, (half_width, half_height): Point) -> f32 {
    let (dx, dy) = ((x - cx).abs() - half_width, (y - cy).abs() - half_height);
    dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0)
}

fn segment((x, y): Point, ((ax, ay), (bx, by)): (Point, Point)) -> f32 {
    let (dx, dy) = (bx - ax, by - ay);
    let along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy);
    let along = along.clamp(0.0, 1.0);
    (x - ax - dx * along).hypot(y - ay - dy * along)
}

/// The distance from a triangle whose corners go clockwise on the screen; negative inside.
fn triangle(point: Point, [a, b, c]: [Point; 3]) -> f32 {
    let sides = [(a, b), (b, c), (c, a)];
    let near = sides
        .map(|side| segment(point, side))
        .into_iter()
        .fold(f32::MAX, f32::min);
    let inside = sides
        .iter()
        .all(|((ax, ay), (bx, by))| (bx - ax) * (point.1 - ay) - (by - ay) * (point.0 - ax) >= 0.0);
    if inside { -near } else { near }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [State; 4] = [
        State::Idle,
        State::Waiting,
        State::Connected,
        State::Attention,
    ];

    /// The signs alone, without their colours.
    fn shape(state: State, size: u16) -> Vec<bool> {
        let light = |pixel: &[u8]| pixel[0] > 127 && pixel[1..].iter().all(|part| *part > 170);
        draw(state, size).chunks(4).map(light).collect()
    }

    #[test]
    fn every_state_has_a_shape_of_its_own_in_every_size() {
        for size in SIZES {
            for (index, one) in ALL.iter().enumerate() {
                for other in &ALL[index + 1..] {
                    let (one, other) = (shape(*one, size), shape(*other, size));
                    let different = one.iter().zip(&other).filter(|(a, b)| a != b).count();
                    assert!(different * 25 > one.len(), "{size}: {different}");
                }
            }
        }
    }

    #[test]
    fn a_picture_has_four_bytes_a_pixel_and_clear_corners() {
        let data = draw(State::Connected, 22);
        assert_eq!(data.len(), 22 * 22 * 4);
        assert_eq!(data[0], 0);
    }
}
