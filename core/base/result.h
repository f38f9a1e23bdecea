#pragma once

#include <string>
#include <utility>
#include <variant>

namespace stint {

/// Why something outside the program (a file, a device, a setting) could not be used: one
/// sentence for the person at the screen that names what, where and what to do.
struct Error {
    std::string message;
};

/// Success without a value.
struct Done { };

/// Either a value or the Error that prevented it. No exception crosses a function boundary.
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) // NOLINT(google-explicit-constructor): `return value;` is the point
        : m_state(std::move(value))
    { }
    Result(Error error) // NOLINT(google-explicit-constructor): `return Error {...};` likewise
        : m_state(std::move(error))
    { }

    [[nodiscard]] bool ok() const { return std::holds_alternative<T>(m_state); }
    explicit operator bool() const { return ok(); }

    /// The value; only after ok().
    [[nodiscard]] T& value() { return std::get<T>(m_state); }
    [[nodiscard]] const T& value() const { return std::get<T>(m_state); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T& operator*() { return value(); }
    const T& operator*() const { return value(); }

    /// The error; only when not ok().
    [[nodiscard]] const Error& error() const { return std::get<Error>(m_state); }

private:
    std::variant<T, Error> m_state;
};

} // namespace stint
