const std = @import("std");
const till = @import("till.zig");
const Till = till.Till;

pub const limit: usize = 3;
var count: u32 = 0;

pub const Kind = enum { open, shut };

pub const Shop = struct {
    name: []const u8,
    till: Till = .{},

    pub const max = 1;

    pub fn open(self: *Shop) !bool {
        return true;
    }
};

pub const Value = union(enum) { int: i64, none };
const Err = error{ Missing, Broken };

pub fn main() !void {}
test "opens" {}
