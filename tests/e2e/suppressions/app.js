// One small app with suppressions in every form that CDK and cdk-nag write. `NAG` says which cdk-nag is there: 2 or 3.
const cdk = require('aws-cdk-lib');
const { Bucket, CfnBucket } = require('aws-cdk-lib/aws-s3');
const { Queue } = require('aws-cdk-lib/aws-sqs');
const { Key } = require('aws-cdk-lib/aws-kms');
const { NagSuppressions, AwsSolutionsChecks } = require('cdk-nag');

// What cdk-nag finds beside is not what is looked at here.
const context = { '@aws-cdk/core:failSynthOnValidationErrors': false };
const app = new cdk.App({ outdir: process.argv[2], context });
const stack = new cdk.Stack(app, 'Shop', { terminationProtection: true });

// The helper of docs/suppressions.md.
const accept = (construct, ...suppress) =>
  (construct.node.defaultChild ?? construct).addMetadata('stackproof', { suppress });

const own = new Bucket(stack, 'Own');
accept(own, { rule: 's3-versioning', reason: 'Every object can be made again.', until: '2027-01-31', by: 'Ada' });

// Ours, acknowledged through the CDK.
const acknowledged = new Bucket(stack, 'Acknowledged');
cdk.Validations.of(acknowledged).acknowledge({ id: 's3-versioning', reason: 'A cache that can be lost.' });
cdk.Validations.of(acknowledged).acknowledge({ id: 'stackproof::s3-encryption', reason: 'Nothing in it is secret.' });

const key = new Key(stack, 'Key');
const queue = new Queue(stack, 'Queue');
if (process.env.NAG === '2') {
  NagSuppressions.addResourceSuppressions(key, [{ id: 'AwsSolutions-KMS5', reason: 'Ключ меняют вручную, раз в год.' }]);
  NagSuppressions.addStackSuppressions(stack, [{ id: 'AwsSolutions-SQS3', reason: 'Messages here are made again.' }]);
  cdk.Aspects.of(app).add(new AwsSolutionsChecks());
} else {
  cdk.Validations.of(key).acknowledge({ id: 'AwsSolutions-KMS5', reason: 'It is rotated by hand.' });
  cdk.Validations.of(stack).acknowledge({ id: 'AwsSolutions-SQS3', reason: 'Messages here are made again.' });
  if (process.env.NAG_METADATA) {
    cdk.Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { writeSuppressionsToCloudFormation: true }));
  }
}
app.synth();
