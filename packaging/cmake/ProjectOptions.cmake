# One INTERFACE target carries every compiler rule. Each of our targets links it PRIVATE.
option(STINT_WERROR "Treat warnings as errors" OFF)
option(STINT_CLANG_TIDY "Run clang-tidy while compiling" OFF)
option(STINT_BUILD_APP "Build the user interface and the program, not only the core library" ON)
option(STINT_BUILD_TESTS "Build the tests" ON)
option(STINT_PRECOMPILE "Precompile headers of libraries: a shorter build, but includes go unchecked" OFF)
option(STINT_FUZZ "Build the fuzz targets, with clang and without the tests" OFF)
set(STINT_SANITIZE "" CACHE STRING "Sanitizers: empty, 'address,undefined' or 'thread'")

add_library(stint_options INTERFACE)
add_library(stint::options ALIAS stint_options)

# GCC 12 reports -Wrestrict and -Wnull-dereference inside its own std::string when it inlines
# concatenations; clang checks the latter.
target_compile_options(stint_options INTERFACE
    -Wall -Wextra -Wpedantic
    -Wshadow -Wconversion -Wsign-conversion -Wdouble-promotion
    -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wcast-align
    -Wformat=2 -Wimplicit-fallthrough -Wundef -Wextra-semi
    $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond;-Wlogical-op;-Wsuggest-override;-Wno-restrict>
    $<$<CXX_COMPILER_ID:Clang>:-Winconsistent-missing-override;-Wnull-dereference>
    $<$<BOOL:${STINT_WERROR}>:-Werror>)

target_compile_definitions(stint_options INTERFACE
    QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING
    QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_NO_JAVA_STYLE_ITERATORS
    QT_STRICT_ITERATORS QT_DISABLE_DEPRECATED_BEFORE=0x060400
    $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

if(STINT_SANITIZE)
    target_compile_options(stint_options INTERFACE
        -fsanitize=${STINT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(stint_options INTERFACE -fsanitize=${STINT_SANITIZE})
endif()

if(STINT_FUZZ)
    target_compile_options(stint_options INTERFACE
        -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer
        -fno-sanitize-recover=all)
    target_link_options(stint_options INTERFACE -fsanitize=address,undefined)
endif()

if(STINT_CLANG_TIDY)
    find_program(CLANG_TIDY_EXE NAMES clang-tidy-14 clang-tidy REQUIRED)
    set(CMAKE_CXX_CLANG_TIDY ${CLANG_TIDY_EXE})
endif()

# stint_precompile(<target> <header>...): parses these headers once for all files of the target, where
# that is switched on. Some builds go without, so that no file can do without an include of its own.
function(stint_precompile target)
    if(STINT_PRECOMPILE)
        target_precompile_headers(${target} PRIVATE ${ARGN})
        if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
            target_compile_options(${target} PRIVATE -fpch-preprocess) # for ccache
        endif()
    endif()
endfunction()

# stint_check_headers(<target> <header>...): compiles every header on its own, twice included.
function(stint_check_headers target)
    set(stubs "")
    foreach(header IN LISTS ARGN)
        string(MAKE_C_IDENTIFIER "${header}" id)
        set(stub "${CMAKE_CURRENT_BINARY_DIR}/header_check/${id}.cpp")
        file(CONFIGURE OUTPUT "${stub}"
            CONTENT "#include \"${header}\"\n#include \"${header}\" // guard\n" @ONLY)
        list(APPEND stubs "${stub}")
    endforeach()
    add_library(${target}_header_check OBJECT EXCLUDE_FROM_ALL ${stubs})
    set_target_properties(${target}_header_check PROPERTIES AUTOMOC OFF)
    target_link_libraries(${target}_header_check PRIVATE ${target} stint::options)
endfunction()

# moc output and header stubs are built here but are not ours to lint.
file(WRITE "${PROJECT_BINARY_DIR}/.clang-tidy" "Checks: '-*,llvm-twine-local'\n")
