package com.acme.shop

import com.acme.till.Till
import com.acme.clock.*
import com.acme.log.Logger as Log

const val LIMIT = 3
typealias Name = String

enum class Kind { OPEN, SHUT }

interface Opener {
    fun open(): Boolean
}

data class Shop(val name: String, private var till: Till) : Base(name), Opener {
    val size: Int = 0
    override fun open(): Boolean {
        fun inner() {}
        return true
    }
    constructor() : this("", Till())
    companion object {
        const val MAX = 1
        fun make(): Shop = Shop("a", Till())
    }
}

object Registry {
    fun find(name: String): Shop? = null
}

fun String.shout(): String = uppercase()
fun main(args: Array<String>) = println(1)
