//! Memory that may have held a secret is wiped when it is given back.
//!
//! Our own types wipe themselves. The libraries that carry secrets over the wire, through JSON and to standard
//! output do not, so the binary's allocator does it for them, from the first secret on: what a command does
//! before, and commands that never see one, cost nothing.

#![expect(unsafe_code, reason = "an allocator is an unsafe trait; each method hands its arguments on as they came")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};

use zeroizing_alloc::ZeroAlloc;

static SECRETS: AtomicBool = AtomicBool::new(false);

/// From here on this process handles secrets.
pub(crate) fn expect_secrets() {
    SECRETS.store(true, Ordering::Relaxed);
}

/// The system's allocator, which wipes what it takes back once there are secrets.
pub struct Wiping;

const WIPED: ZeroAlloc<System> = ZeroAlloc(System);

fn wipes() -> bool {
    SECRETS.load(Ordering::Relaxed)
}

// SAFETY: every block comes from `System` and goes back to it, whichever of the two is asked.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above; what wipes it gives it back to `System`.
        unsafe { if wipes() { WIPED.dealloc(block, layout) } else { System.dealloc(block, layout) } }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above. A block that grows in place leaves nothing behind; one that moves would.
        unsafe { if wipes() { WIPED.realloc(block, layout, size) } else { System.realloc(block, layout, size) } }
    }
}
