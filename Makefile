# C programs into build/bin; C tests under ASan and UBSan into build/test-c. Warnings are errors.
CC ?= cc
PKG_CFLAGS := $(shell pkg-config --cflags libsodium)
LIBS_root := -lpam $(shell pkg-config --libs libsodium)
WARN := -std=c17 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wconversion -Wswitch-enum -Wformat=2 -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wvla -Werror
HARDEN := -O2 -g -fPIE -fstack-protector-strong -fstack-clash-protection -fcf-protection -D_FORTIFY_SOURCE=2 \
	-ftrivial-auto-var-init=zero
LINK := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
# -lcrypt in build/asan: the sanitizer replaces crypt(3) at start, and pam_unix then finds its replacement without it.
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# A machine of another kind than x86 has no control-flow protection of this name.
ifneq ($(shell uname -m),x86_64)
HARDEN := $(filter-out -fcf-protection,$(HARDEN))
endif

LIB := $(wildcard src/root/lib/*.c)
LEADER := $(wildcard src/root/leader/*.c)
# A leader with another table of requests.
PAM_TEST := $(filter-out src/root/leader/requests.c,$(LEADER)) $(wildcard src/root/pam-test/*.c)
HEADERS := $(wildcard src/root/lib/*.h src/root/*/*.h src/session-host/*.h)
PROGRAMS := supervise rootd leader pam-test session-host
BIN := $(PROGRAMS:%=build/bin/vestibule-%)
C_TESTS := $(patsubst test/c/%_test.c,build/test-c/%_test,$(wildcard test/c/*_test.c))
FAKES := $(patsubst test/fakes/%.c,build/test-c/%,$(filter-out test/fakes/pam_%.c,$(wildcard test/fakes/*.c)))
FAKE_MODULES := $(patsubst test/fakes/%.c,build/test-c/%.so,$(wildcard test/fakes/pam_*.c))
ORACLE := $(patsubst test/oracle/%.c,build/test-c/%,$(wildcard test/oracle/*.c))
TOOLS_C := $(patsubst test/c/%.c,build/test-c/%,$(filter-out %_test.c,$(wildcard test/c/*.c)))

# What npm run bench measures beside the product.
BENCH_PEERS := $(patsubst bench/peers/%.c,build/bench/%,$(wildcard bench/peers/*.c))

.PHONY: bin asan test-c fakes fuzz bench clean
bin: $(BIN)
asan: $(PROGRAMS:%=build/asan/vestibule-%)
fakes: $(FAKES) $(FAKE_MODULES) $(TOOLS_C) $(ORACLE)
test-c: $(C_TESTS) fakes
	@status=0; for t in $(C_TESTS); do echo "# $$t"; $$t || status=1; done; exit $$status
clean:
	rm -rf build

define program
build/bin/vestibule-$(1): $(2) $$(LIB) $$(HEADERS) Makefile
	@mkdir -p $$(@D)
	$$(CC) $$(WARN) $$(HARDEN) $$(PKG_CFLAGS) -Isrc/root/lib -o $$@ $$(filter %.c,$$^) $$(LINK) $(3)
build/asan/vestibule-$(1): $(2) $$(LIB) $$(HEADERS) Makefile
	@mkdir -p $$(@D)
	$$(CC) $$(WARN) $$(SANITIZE) $$(PKG_CFLAGS) -Isrc/root/lib -o $$@ $$(filter %.c,$$^) $(3) -Wl,--no-as-needed -lcrypt
endef
$(eval $(call program,supervise,$(wildcard src/root/supervise/*.c),$(LIBS_root)))
$(eval $(call program,rootd,$(wildcard src/root/rootd/*.c),$(LIBS_root)))
$(eval $(call program,leader,$(LEADER),$(LIBS_root)))
$(eval $(call program,pam-test,$(PAM_TEST),$(LIBS_root)))
$(eval $(call program,session-host,$(wildcard src/session-host/*.c),))

# A C test says what it needs beside src/root/lib in a first-line comment: "needs: FILE…". Those of the whole of
# session-host have all of its files but the one with main().
HOST := $(filter-out src/session-host/main.c,$(wildcard src/session-host/*.c))
build/test-c/viewer_test build/test-c/screen-dump: TEST_NEEDS := $(HOST)
build/test-c/%_test: test/c/%_test.c $(LIB) $(HEADERS) $(wildcard src/root/*/*.c src/session-host/*.c test/c/*.h) Makefile
	@mkdir -p $(@D)
	$(CC) $(WARN) $(SANITIZE) $(PKG_CFLAGS) -Isrc/root/lib -Isrc -Itest/c -o $@ $< \
		$(LIB) $(TEST_NEEDS) $$(sed -n '1s/.*needs: \(.*\) \*\//\1/p' $<) $(LIBS_root)
build/test-c/%: test/c/%.c $(LIB) $(HEADERS) $(wildcard src/session-host/*.c) Makefile
	@mkdir -p $(@D)
	$(CC) $(WARN) $(SANITIZE) $(PKG_CFLAGS) -Isrc/root/lib -Isrc -Itest/c -o $@ $< $(LIB) $(TEST_NEEDS) $(LIBS_root)
build/test-c/%: test/oracle/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(WARN) -O1 -g -o $@ $<
build/test-c/%.so: test/fakes/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(WARN) -O1 -g -fPIC -shared -o $@ $< -lpam
build/test-c/%: test/fakes/%.c $(LIB) $(HEADERS) Makefile
	@mkdir -p $(@D)
	$(CC) $(WARN) -O1 -g $(PKG_CFLAGS) -Isrc/root/lib -o $@ $< $(LIB) $(LIBS_root)

bench: $(BENCH_PEERS)
build/bench/%: bench/peers/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(WARN) $(HARDEN) -o $@ $< $(LINK) -lpam -lcrypt

# libFuzzer harnesses: clang alone has it. One's first line may say what it is linked with and which symbols it replaces:
# "needs: FILE… wraps: SYMBOL…"; either may be left out.
FUZZ_CC ?= clang-14
FUZZERS := $(patsubst test/fuzz/%_fuzz.c,build/fuzz/%,$(wildcard test/fuzz/*_fuzz.c))
FUZZ := -Wno-format-nonliteral -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
fuzz: $(FUZZERS)
# The leader whole, with what vestibule-pam-test has in addition, but for the files that only do things to the system:
# leader_system.c stands in for those.
LEADER_SYSTEM := $(patsubst %,src/root/leader/%.c,main signals watch group limits terminal)
build/fuzz/leader: FUZZ_NEEDS := $(filter-out $(LEADER_SYSTEM),$(LEADER)) src/root/pam-test/test-profile.c
build/fuzz/control build/fuzz/viewer build/fuzz/screen: FUZZ_NEEDS := $(HOST)
build/fuzz/%: test/fuzz/%_fuzz.c $(wildcard test/fuzz/*.[ch]) $(LIB) $(HEADERS) $(wildcard src/root/*/*.c src/session-host/*.c) Makefile
	@mkdir -p $(@D)
	$(FUZZ_CC) $(WARN) $(FUZZ) $(PKG_CFLAGS) -Isrc/root/lib -Isrc -Itest/fuzz -o $@ $< test/fuzz/fuzz.c $(LIB) $(FUZZ_NEEDS) \
		$$(sed -n '1{s/.*needs: //;T;s/ wraps:.*//;s/ \*\/.*//;p}' $<) \
		$$(for name in _exit write syslog $$(sed -n '1s/.*wraps: \(.*\) \*\//\1/p' $<); do echo -Wl,--wrap=$$name; done) -lsodium
