/* The widths that this machine's C library gives all characters: a byte each, 255 for those that it does not know. */
#include <locale.h>
#include <stdio.h>
#include <wchar.h>

int main(void) {
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        return 1;
    for (wchar_t character = 0; character < 0x110000; character++)
        if (putchar(wcwidth(character) & 0xff) == EOF)
            return 1;
    return 0;
}
