"""One piece of ordinary code per language, by the name of the language in the table."""

SNIPPETS = {
    "python": '''\
"""Module docs."""
import re
from dataclasses import dataclass  # trailing


@dataclass
class Parser(Base):
    """Class docs."""

    name: str = "x"

    async def parse(self, text: str, *, strict=False) -> dict[str, int]:
        # a comment
        for line in text.split("\\n"):
            if m := re.match(r"(\\w+)=(\\d+)", line):
                yield m[1], f"{m[2]:>{self.width}} units"
            elif strict:
                raise ValueError("""not
                understood""")
            else:
                pass
        return {k: v for k, v in self.items() if v is not None}


def main(argv):
    try:
        total = sum(lambda_(x) for x in argv)
    except (OSError, ValueError) as error:
        print(error)
    finally:
        done = True
    with open("ünïcode") as file, lock:
        matrix = [
            [1, 2],
            [3, 4],
        ]
    while True:
        match argv:
            case [first, *rest]:
                break
''',
    "javascript": """\
#!/usr/bin/env node
import { readFile } from 'fs';
// a comment
/* block
   comment */
class Cart extends Base {
  #items = [];

  constructor(user) {
    super(user);
    this.total = 0;
  }

  add(item, count = 1) {
    if (count > 0) {
      this.#items.push({ item, count });
    } else {
      throw new Error(`bad count: ${count * 2} of "${item.name}"`);
    }
  }
}

const sum = (list) => list.reduce((a, b) => a + b, 0);

export async function load(path) {
  try {
    const text = await readFile(path, "utf-8");
    for (const line of text.split(/\\r?\\n/)) {
      switch (line[0]) {
        case 'a':
          return 1;
        default:
          continue;
      }
    }
  } catch (error) {
    console.error('don\\'t know', error);
  }
}
""",
    "typescript": """\
import type { Reader } from "./reader";

export interface Options<T> {
  readonly name: string;
  parse?(text: string): T;
}

enum Color { Red = 1, Green }

namespace util {
  export const id = <T>(x: T): T => x;
}

abstract class Store<T extends object> implements Reader {
  private items: Map<string, T> = new Map();

  get size(): number {
    return this.items.size;
  }

  async find(key: string, fallback?: T): Promise<T | undefined> {
    // comment
    const found = this.items.get(key) ?? fallback;
    if (!found) {
      return undefined;
    }
    return { ...found, label: `${key as string}!` } satisfies object;
  }
}

function assert(value: unknown): asserts value is string {
  while (typeof value !== "string") throw new TypeError();
}
""",
    "tsx": """\
import React, { useState } from "react";

type Props = { title: string; onClose?: () => void };

export const Dialog = ({ title, onClose }: Props) => {
  const [open, setOpen] = useState<boolean>(true);
  // comment
  const close = () => {
    setOpen(false);
    onClose?.();
  };
  if (!open) {
    return null;
  }
  return (
    <div className="dialog" hidden={!open}>
      <h1>{title.toUpperCase()} isn't here</h1>
      {items.map((item) => <Item key={item.id} {...item} />)}
      <button onClick={close}>Close</button>
    </div>
  );
};
""",
    "go": """\
package store

import (
	"errors"
	"fmt"
)

// Store keeps things.
type Store struct {
	mu    sync.Mutex
	items map[string]int
}

type Reader interface {
	Read(key string) (int, error)
}

func New(size int) *Store {
	return &Store{items: make(map[string]int, size)}
}

/* Read looks
   one up. */
func (s *Store) Read(key string) (int, error) {
	s.mu.Lock()
	defer func() {
		s.mu.Unlock()
	}()
	if value, ok := s.items[key]; ok {
		return value, nil
	} else if key == `raw
string` {
		return 'x', nil
	}
	for i := range 10 {
		select {
		case <-ch:
			fmt.Printf("%d\\n", i)
		default:
		}
	}
	switch x := v.(type) {
	case int:
		return x, nil
	}
	return 0, errors.New("missing")
}
""",
    "rust": """\
//! Crate docs.
use std::collections::HashMap;

/// A cache.
#[derive(Debug, Clone)]
pub struct Cache<'a, T> {
    items: HashMap<&'a str, T>,
    limit: usize,
}

impl<'a, T: Clone> Cache<'a, T> {
    pub fn new(limit: usize) -> Self {
        Self { items: HashMap::new(), limit }
    }

    pub async fn get(&self, key: &str) -> Option<T> {
        // comment
        match self.items.get(key) {
            Some(value) if self.limit > 0 => Some(value.clone()),
            None => {
                println!("missing {key:?} {}", r#"raw "text""#);
                None
            }
            _ => unreachable!(),
        }
    }
}

mod tests {
    fn check() -> char {
        let add = |a: i32, b: i32| { a + b };
        let mut n = 0;
        while n < 10 {
            n += add(1, 2);
        }
        if n > 3 { 'a' } else { '\\n' }
    }
}
""",
    "java": """\
package org.example;

import java.util.*;

/** Docs. */
public class Cache<K, V> extends Base implements Iterable<K> {
    private final Map<K, V> items = new HashMap<>();

    public Cache(int size) {
        super(size);
    }

    @Override
    public V get(K key) throws IOException {
        // comment
        for (Map.Entry<K, V> entry : items.entrySet()) {
            if (entry.getKey().equals(key)) {
                return entry.getValue();
            } else {
                continue;
            }
        }
        items.forEach((k, v) -> {
            System.out.println("k: " + k + '\\n');
        });
        int[] numbers = {1, 2, 3};
        switch (numbers.length) {
            case 1 -> System.exit(0);
            default -> { break; }
        }
        return null;
    }

    enum Mode { FAST, SLOW }

    record Point(int x, int y) {}
}
""",
    "c": """\
#include <stdio.h>
#define MAX(a, b) \\
    ((a) > (b) ? (a) : (b))

/* block
 * comment */
typedef struct node {
    int value;
    struct node *next;
} node_t;

static const char *names[] = { "one", "two" };

static int
count(const node_t *list, int limit)
{
    int n = 0;
    while (list != NULL && n < limit) {
        // comment
        n += list->value;
        list = list->next;
    }
#ifdef DEBUG
    printf("%d\\n", n);
#endif
    switch (n) {
    case 1:
        return 'a';
    default:
        break;
    }
    do {
        n--;
    } while (n > 0);
    return n;
}
""",
    "cpp": """\
#include <vector>

namespace geometry {

// A shape.
template <typename T>
class Shape : public Base<T> {
public:
    explicit Shape(T size) : size_{size} {}
    virtual ~Shape() = default;

    T area() const override {
        auto twice = [this](T x) { return x * 2; };
        return twice(size_);
    }

private:
    T size_;
};

enum class Kind { Circle, Square };

std::string Shape<int>::name(const std::vector<int>& xs) {
    for (const auto& x : xs) {
        if (x > 0) {
            std::cout << "x: " << x << '\\n';
        }
    }
    try {
        return R"(raw "text")";
    } catch (const std::exception& e) {
        throw;
    }
}

}  // namespace geometry
""",
    "csharp": '''\
using System;

namespace Example.Data
{
    /// <summary>Docs.</summary>
    [Serializable]
    public class Repository<T> : IRepository where T : class
    {
        private readonly List<T> items = new();

        public int Count { get; private set; }

        public async Task<T?> Find(string key, int limit = 10)
        {
            // comment
            foreach (var item in items)
            {
                if (item.Name == key)
                {
                    Console.WriteLine($"found {item.Name,-10} at {limit + 1}");
                    return item;
                }
            }
            var path = @"C:\\dir ""quoted""";
            items.Sort((a, b) => { return a.Id - b.Id; });
            try { await Task.Delay(10); } catch (Exception e) when (e is not null) { throw; }
            return limit switch { 0 => null, _ => items[0] };
        }
    }

    public enum Mode { Fast, Slow }
}
''',
    "ruby": """\
# frozen_string_literal: true
require 'json'

module Shop
  class Cart < Base
    attr_reader :items

    def initialize(user, limit: 10)
      @user = user
      @items = { 'a' => 1, b: 2 }
    end

    def self.load(path)
      File.open(path) do |file|
        file.each_line { |line| puts "line: #{line.strip}" }
      end
    end

    def total
      sum = 0
      items.each do |name, count|
        if count > 3 && name =~ /x+/
          sum += count
        elsif count.zero?
          next
        else
          sum -= 1
        end
      end
      case sum
      when 0 then 'none'
      else
        sum.to_s
      end
    rescue StandardError => e
      warn e.message unless @quiet
    end

    def text
      <<~TEXT
        Dear #{@user},
      TEXT
    end
  end
end
""",
    "php": """\
<?php
declare(strict_types=1);

namespace App\\Models;

use InvalidArgumentException;

/**
 * Docs.
 */
final class User extends Model implements Named
{
    private array $items = [];

    public function __construct(private string $name, protected ?int $age = null)
    {
        parent::__construct();
    }

    public function find(string $key): ?string
    {
        // comment
        foreach ($this->items as $index => $item) {
            if ($item->key === $key) {
                return "found {$item->key} at $index";
            } else {
                continue;
            }
        }
        $double = fn(int $x): int => $x * 2;
        $log = function ($message) use ($key) {
            echo 'log: ' . $message . PHP_EOL;
        };
        return match (true) {
            $this->age > 3 => 'old',
            default => null,
        };
    }
}
?>
<p>Done</p>
""",
    "bash": """\
#!/usr/bin/env bash
set -euo pipefail

# build one target
build() {
  local target="$1"
  if [[ -z "${target:-}" ]]; then
    echo "usage: $0 target" >&2
    return 1
  elif [ -d "$target" ]; then
    cd "$target" || exit
  fi
  for file in *.c; do
    cc -c "$file" -o "${file%.c}.o" | tee 'build log'
  done
  case "$target" in
    debug|test)
      export FLAGS="-g $(date +%s)"
      ;;
    *)
      FLAGS=-O2
      ;;
  esac
}

function main {
  while read -r line; do
    build "$line"
  done < targets.txt
  cat <<EOF
done in $SECONDS
EOF
}

main "$@"
""",
    "lua": """\
-- a comment
local M = {}

--[[ block
comment ]]
function M.add(a, b)
  if a == nil then
    return b
  elseif b == nil then
    return a
  else
    error("none: " .. a)
  end
end

local handler = function(event)
  for i, item in ipairs(event.items) do
    print(item, [[long
    text]])
  end
  while event.busy do
    event:wait(1)
  end
  repeat
    event = event.next
  until not event
end

return M
""",
    "kotlin": '''\
package app

import java.io.File

/* block
   comment */
class Store(private val name: String) : Base() {
    val items = mutableListOf<Item>()

    // a comment
    fun add(item: Item, count: Int = 1): Boolean {
        if (count < 1) {
            throw IllegalArgumentException("count: ${count + 1}")
        } else {
            items.add(item)
        }
        for (each in items) {
            println("$each")
        }
        while (items.size > 10) {
            items.removeAt(0)
        }
        try {
            save()
        } catch (error: Exception) {
            print(error)
        } finally {
            close()
        }
        return when (count) {
            1 -> true
            else -> false
        }
    }

    companion object {
        const val LIMIT = 10
    }
}

interface Shape {
    fun area(): Double
}

object Empty

fun main() {
    val store = Store("""raw
    text""")
    store.items.forEach { item ->
        println(item)
    }
}
''',
    "swift": '''\
import Foundation

// a comment
/* block
   comment */
struct Point {
    var x: Double = 0

    func moved(by amount: Double) -> Point {
        guard amount > 0 else {
            return self
        }
        if x > 0 {
            print("moved \\(amount)")
        } else {
            print("still")
        }
        for index in 0..<3 {
            use(index)
        }
        while x < 1 {
            x += 1
        }
        switch x {
        case 0:
            return self
        default:
            break
        }
        do {
            try save()
        } catch {
            print(error)
        }
        return Point(x: x + amount)
    }

    init(x: Double) {
        self.x = x
    }
}

class Store: Base {
    let text = """
    long
    text
    """
}

enum Kind {
    case small
}

protocol Shape {
    func area() -> Double
}

extension Point {
    func twice() -> Point {
        return Point(x: 2 * x)
    }
}

let names = items.map { item in
    item.name
}
''',
    "scala": '''\
package app

import scala.collection.mutable

// a comment
/* block
   comment */
class Store(name: String) extends Base {
  val items = mutable.Buffer[Item]()

  def add(item: Item, count: Int = 1): Boolean = {
    if (count < 1) {
      throw new IllegalArgumentException(s"count: ${count + 1}")
    } else {
      items += item
    }
    for (each <- items) {
      println(each)
    }
    while (items.size > 10) {
      items.remove(0)
    }
    try {
      save()
    } catch {
      case error: Exception => print(error)
    } finally {
      close()
    }
    count match {
      case 1 => true
      case _ => false
    }
  }
}

trait Shape {
  def area: Double
}

object Main {
  def main(args: Array[String]): Unit = {
    val text = """raw
    text"""
    args.foreach { item =>
      println(item)
    }
  }
}
''',
    "zig": """\
const std = @import("std");

// a comment
const Point = struct {
    x: f64 = 0,

    pub fn moved(self: Point, amount: f64) Point {
        if (amount < 0) {
            return self;
        } else {
            std.debug.print("moved {d}", .{amount});
        }
        while (self.x < 1) {
            break;
        }
        for (items) |item| {
            use(item);
        }
        switch (self.x) {
            0 => {},
            else => {
                use(1);
            },
        }
        return Point{
            .x = self.x + amount,
        };
    }
};

pub fn main() void {
    const text = "one";
    _ = text;
}
""",
    "html": """\
<!DOCTYPE html>
<html lang="en">
  <!-- a comment -->
  <head>
    <title>Shop</title>
    <style>
      body { margin: 0; }
    </style>
  </head>
  <body>
    <ul class="items">
      <li><a href="/one">One</a></li>
    </ul>
    <img src="x.png" alt="x">
    <script>
      go();
    </script>
  </body>
</html>
""",
    "svelte": """\
<script>
  let count = 0;
</script>

<!-- a comment -->
{#if count > 0}
  <p class="x">{count}</p>
{:else}
  <p>none</p>
{/if}

{#each items as item}
  <Item {item} on:click={() => count += 1} />
{/each}

<style>
  p { margin: 0; }
</style>
""",
    "xml": """\
<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<project name="shop">
  <items>
    <item id="1">One</item>
    <item id="2"/>
  </items>
</project>
""",
    "css": """\
@import url("base.css");

/* block
   comment */
:root {
  --gap: 4px;
}

.items > li:hover {
  margin: var(--gap) 0;
  background: url('x.png');
}

@media (min-width: 600px) {
  .items {
    display: grid;
  }
}
""",
    "json": """\
{
  "name": "shop",
  "items": [
    {"id": 1, "tags": ["a", "b"]},
    {"id": 2, "tags": []}
  ],
  "deep": {
    "on": true
  }
}
""",
    "yaml": """\
# a comment
name: shop
on:
  push:
    branches: [main]
jobs:
  build:
    steps:
      - uses: actions/checkout
        with:
          depth: 1
      - run: |
          make
          make test
      - name: "quoted"
""",
    "toml": '''\
# a comment
title = "shop"

[owner]
name = 'Somebody'
text = """
long
text"""

[[items]]
id = 1
tags = [
  "a",
  "b",
]
''',
    "terraform": """\
# a comment
/* block
   comment */
resource "aws_instance" "web" {
  ami  = var.ami
  tags = {
    Name = "web-${var.name}"
  }

  network {
    port = 80
  }
}
""",
}
