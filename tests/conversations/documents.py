"""Files with words in them, made here: PDF, DOCX, ODT and the like, good and hostile."""
import io
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(text, forms=(), trailer=""):
    """One page. forms: the streams of forms X0, X1, ...; each may draw the next one."""
    words = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1") if text is not None else b""
    names = " ".join(f"/X{i} {6 + i} 0 R" for i in range(len(forms)))
    resources = f"<< /Font << /F1 4 0 R >> /XObject << {names} >> >>"
    streams = [words + (b" /X0 Do" if forms else b"")]
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources {resources} >>".encode(),
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
               b"<< /Length %d >>\nstream\n%s\nendstream" % (len(streams[0]), streams[0])]
    for form in forms:
        head = f"<< /Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources {resources} /Length {len(form)} >>"
        objects.append(head.encode() + b"\nstream\n" + form.encode() + b"\nendstream")
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()


def endless_pdf(text="endless"):
    """Each form draws the next one ten times: 10^12 in all."""
    return pdf(text, ["".join(f"/X{i + 1} Do " for _ in range(10)) for i in range(12)] + ["BT /F1 9 Tf (x) Tj ET"])


def locked_pdf():
    """Encrypted with a user password that nobody says: what pdftotext asks for can't be right."""
    return pdf("secret", trailer="/ID [<00112233445566778899AABBCCDDEEFF> <00112233445566778899AABBCCDDEEFF>] /Encrypt << /Filter /Standard /V 1 /R 2 "
               f"/O <{'11' * 32}> /U <{'22' * 32}> /P -44 >>")


def packed(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def docx(*paragraphs, more="", head=""):
    body = "".join(f"<w:p><w:r><w:t>{each}</w:t></w:r></w:p>" for each in paragraphs)
    return packed({"[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
                   "word/document.xml": f'<?xml version="1.0" encoding="UTF-8"?>{head}<w:document xmlns:w="{W}"><w:body>{body}{more}</w:body></w:document>'})


def odt(text):
    return packed({"mimetype": "application/vnd.oasis.opendocument.text",
                   "content.xml": '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
                                  'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
                                  f'<office:body><text:p>{text}</text:p></office:body></office:document-content>'})


def xlsx(*words):
    cells = "".join(f"<si><t>{each}</t></si>" for each in words)
    return packed({"[Content_Types].xml": "<Types/>", "xl/sharedStrings.xml": f'<sst xmlns="x">{cells}</sst>'})


def pptx(text):
    return packed({"[Content_Types].xml": "<Types/>",
                   "ppt/slides/slide1.xml": f'<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>'})


def zip_bomb():
    """150 MB in some 150 KB."""
    return docx(more="<w:p>" + " " * (150 << 20) + "</w:p>")


def entity_bomb():
    entities = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    return docx("&a9;", head=f"<!DOCTYPE w:document [{entities}]>")
