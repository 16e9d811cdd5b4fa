// jsforce, one operation: {url, token, version, operation, arguments} on stdin, its result on stdout.
const { readFileSync } = require("node:fs");
const { Connection } = require("@jsforce/jsforce-node");

const operations = {
  list: (metadata, type) => metadata.list({ type }),
  describe: (metadata) => metadata.describe(),
  read: (metadata, type, names) => metadata.read(type, names),
  create: (metadata, type, records) => metadata.create(type, records),
  update: (metadata, type, records) => metadata.update(type, records),
  upsert: (metadata, type, records) => metadata.upsert(type, records),
  delete: (metadata, type, names) => metadata.delete(type, names),
  deploy: (metadata, zip, options) =>
    metadata.deploy(Buffer.from(zip, "base64"), options).complete({ details: true }),
  retrieve: (metadata, request) => metadata.retrieve(request).complete(),
};

async function main({ url, token, version, operation, arguments: given }) {
  const connection = new Connection({ instanceUrl: url, accessToken: token, version });
  return operations[operation](connection.metadata, ...given);
}

main(JSON.parse(readFileSync(0, "utf8")))
  .then((result) => ({ result }))
  .catch((error) => ({ error: { name: error.name, message: error.message } }))
  .then((answer) => process.stdout.write(JSON.stringify(answer)));
