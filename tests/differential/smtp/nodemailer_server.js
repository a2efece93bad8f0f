// A server on Nodemailer's smtp-server: another code base than the sink's aiosmtpd, with SMTPUTF8 and SIZE. A command, which
// speaks as twisted_server.py does.
"use strict";

const { SMTPServer } = require("smtp-server");

const tell = (told) => process.stdout.write(JSON.stringify(told) + "\n");

// The reply that an address asks for, or nothing.
const refusal = (pattern, address, text) => {
  const found = pattern.exec(address.address.slice(0, address.address.lastIndexOf("@")));
  return found ? Object.assign(new Error(text), { responseCode: Number(found[1]) }) : undefined;
};

const server = new SMTPServer({
  disabledCommands: ["AUTH", "STARTTLS"],
  disableReverseLookup: true,
  hideSMTPUTF8: false,
  hide8BITMIME: false,
  hidePIPELINING: false,
  size: 32 * 1024 * 1024,
  maxAllowedUnauthenticatedCommands: false,
  onMailFrom: (address, _session, done) => done(refusal(/refused-(\d{3})$/, address, "5.7.1 Sender refused")),
  onRcptTo: (address, _session, done) => done(refusal(/refused-(\d{3})$/, address, "5.1.1 No such user")),
  onData: (stream, session, done) => {
    const parts = [];
    stream.on("data", (part) => parts.push(part));
    stream.on("end", () => {
      const { mailFrom, rcptTo } = session.envelope;
      const error = refusal(/spam-(\d{3})$/, mailFrom, "5.6.0 Message refused");
      if (error || stream.sizeExceeded) {
        done(error || Object.assign(new Error("5.3.4 Too large"), { responseCode: 552 }));
        return;
      }
      tell({
        sender: mailFrom.address,
        recipients: rcptTo.map((each) => each.address),
        content: Buffer.concat(parts).toString("base64"),
      });
      done();
    });
  },
});

server.server.on("connection", (socket) => socket.setNoDelay(true)); // a reply waits for no acknowledgement of the one before
server.on("error", () => {}); // a client that hangs up
server.listen(0, "127.0.0.1", () => tell({ port: server.server.address().port }));

process.stdin.setEncoding("utf8");
let rest = "";
process.stdin.on("data", (text) => {
  const lines = (rest + text).split("\n");
  rest = lines.pop();
  lines.forEach((line) => tell({ mark: line }));
});
process.stdin.on("end", () => process.exit(0)); // whoever started this has gone, or says that it is over
