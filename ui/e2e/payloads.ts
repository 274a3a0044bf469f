/** What people write who want a page to run it: forty ways, each of which would call `hacked`. */
export const PAYLOADS = [
  // Scripts, plain and broken.
  '<script>hacked()</script>',
  '<ScRiPt>hacked()</sCrIpT >',
  '<script src="data:text/javascript,hacked()"></script>',
  '</title><script>hacked()</script>',
  '</textarea><script>hacked()</script>',
  '</script><script>hacked()</script>',
  '<<script>script>hacked()<</script>/script>',
  '<script\u200b>hacked()</script>',
  // Handlers.
  '<img src=x onerror=hacked()>',
  '<img src=x:x onerror\n=\nhacked()>',
  '"><img src=x onerror=hacked()>',
  "' autofocus onfocus=hacked() x='",
  '<body onload=hacked()>',
  '<input autofocus onfocus=hacked()>',
  '<details open ontoggle=hacked()>',
  '<video><source onerror=hacked()></video>',
  '<marquee onstart=hacked()>',
  '<a onmouseover=hacked() style="position:fixed;inset:0">x</a>',
  // Addresses.
  '<a href="javascript:hacked()">x</a>',
  'javascript:hacked()//https://example.com',
  '<a href="java\tscript:hacked()">x</a>',
  '<iframe src="javascript:parent.hacked()"></iframe>',
  '<iframe srcdoc="<script>parent.hacked()</script>"></iframe>',
  '<object data="data:text/html,<script>parent.hacked()</script>"></object>',
  '<form action="javascript:hacked()"><button autofocus>x</button></form>',
  '<base href="https://example.invalid/">',
  '<meta http-equiv="refresh" content="0;url=javascript:hacked()">',
  // Markdown.
  '[x](javascript:hacked())',
  '![x](x" onerror="hacked())',
  '[x](https://example.com/"onmouseover="hacked())',
  '<https://example.com/><img src=x onerror=hacked()>',
  // SVG, MathML, and what parsers make of them.
  '<svg onload=hacked()>',
  '<svg><animate onbegin=hacked() attributeName=x></svg>',
  '<svg><a xlink:href="javascript:hacked()"><text y="9">x</text></a></svg>',
  '<math><mtext><table><mglyph><style><img src=x onerror=hacked()></style></mglyph></table></mtext></math>',
  '<noscript><p title="</noscript><img src=x onerror=hacked()>">',
  // Styles, templates, entities.
  '<style>@import "javascript:hacked()";*{background:url(javascript:hacked())}</style>',
  '{{constructor.constructor("hacked()")()}}${hacked()}#{hacked()}<%= hacked() %>',
  '&lt;img src=x onerror=hacked()&gt;&#60;script&#62;hacked()&#60;/script&#62;',
  '\u202e\ufeff＜script＞hacked()＜/script＞<\u017fcript>hacked()</\u017fcript>',
]
