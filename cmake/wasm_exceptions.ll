; Exceptions in WebAssembly with threads: a repair for Emscripten 3.1.6 with clang 14, Debian 12's.
;
; A landing pad and the runtime talk through the variable __wasm_lpad_context. In the runtime for threads it is
; thread-local, but clang 14 (the change came with clang 15) writes to it as to an ordinary variable, so the runtime reads
; zeros and no `catch (const std::exception&)` ever matches. Linked into every file before optimisation, this declaration
; is the one that clang finds and keeps to. `used` keeps it from being dropped until then.
target datalayout = "e-m:e-p:32:32-p10:8:8-p20:8:8-i64:64-f128:64-n32:64-S128-ni:1:10:20"
target triple = "wasm32-unknown-emscripten"

@__wasm_lpad_context = external thread_local global { i32, i8*, i32 }
@llvm.compiler.used = appending global [1 x i8*]
  [i8* bitcast ({ i32, i8*, i32 }* @__wasm_lpad_context to i8*)], section "llvm.metadata"
