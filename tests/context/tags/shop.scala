package com.acme.shop

import com.acme.till.Till
import com.acme.clock._
import com.acme.log.{Logger => Log, Level}

sealed trait Kind
object Kind { case object Open extends Kind }

trait Opener {
  def open(at: Int): Boolean
}

case class Shop(name: String, till: Till) extends Base(name) with Opener {
  val size: Int = 0
  var left = 1
  type Id = Long
  override def open(at: Int): Boolean = {
    def inner() = 1
    true
  }
}

object Shop {
  val Limit = 3
  def make: Shop = new Shop("a", null)
}
enum Color:
  case Red, Green

given ord: Ordering[Shop] = ???
