/** Prepares a mail's HTML for its sealed frame: cleaned once more, remote pictures only when asked for. */
import DOMPurify from 'dompurify'

export function mailDocument(html: string, images: boolean, attachments: { id: number; content_id?: string | null }[]) {
  const purifier = DOMPurify(window)
  purifier.addHook('afterSanitizeAttributes', node => {
    if (node.tagName === 'A') { node.setAttribute('target', '_blank'); node.setAttribute('rel', 'noopener noreferrer') }
    if (node.tagName !== 'IMG') return
    const source = node.getAttribute('src') ?? node.getAttribute('data-remote-src') ?? node.getAttribute('data-src') ?? ''
    const cid = /^cid:(.+)$/i.exec(source)
    const inline = cid && attachments.find(each => each.content_id?.replace(/[<>]/g, '') === decodeURIComponent(cid[1]))
    if (inline) node.setAttribute('src', `/api/v1/attachments/${inline.id}`)
    else if (/^https?:/i.test(source) && images) node.setAttribute('src', source)
    else if (!/^(data:image\/|\/api\/)/i.test(source)) node.removeAttribute('src')
  })
  const body = purifier.sanitize(html, { FORBID_TAGS: ['form', 'input', 'button', 'iframe', 'object', 'embed', 'base', 'meta', 'link'], FORBID_ATTR: ['srcset'], ADD_ATTR: ['target'], ALLOWED_URI_REGEXP: /^(?:https?|mailto|tel|cid|data):|^\/api\//i })
  purifier.removeAllHooks()
  const pictures = images ? "'self' data: https: http:" : "'self' data:"
  return `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src ${pictures}; style-src 'unsafe-inline'"><base target="_blank">
<style>html{color-scheme:light}body{margin:0;padding:10px 12px;background:#fff;color:#141b17;font:15px/1.58 "Hanken Grotesk Variable",system-ui,sans-serif;overflow-wrap:anywhere}img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}blockquote{margin:8px 0 8px;padding-left:12px;border-left:3px solid #cdd3cb}</style><body>${body}`
}
