import Foundation
import class UIKit.UIView

let limit = 3
typealias Name = String

protocol Opener {
    var isOpen: Bool { get }
    func open() throws -> Bool
}

enum Kind: String {
    case open, shut
    case ajar = "a"
}

struct Shop: Opener {
    let name: String
    private var till = Till()
    var isOpen: Bool { true }
    init(name: String) { self.name = name }
    func open() throws -> Bool {
        func inner() {}
        return true
    }
}

extension Shop {
    static func make() -> Shop { Shop(name: "a") }
}

final class Till: NSObject {}
func main(_ args: [String]) {}
