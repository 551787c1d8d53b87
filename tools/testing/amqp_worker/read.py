"""usage: read.py URL QUEUE ACTION...   A worker as anybody would write one: reads a queue until each action was seen."""
import json
import sys

import pika

url, queue, *wanted = sys.argv[1:]
connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.queue_declare(queue, passive=True)
channel.basic_qos(prefetch_count=10)
for method, properties, body in channel.consume(queue, inactivity_timeout=20):
    if method is None:
        sys.exit(f"not in {queue}: {', '.join(wanted)}")
    record = json.loads(body)
    print(properties.type, record["action"], flush=True)
    channel.basic_ack(method.delivery_tag)
    wanted = [action for action in wanted if action != record["action"]]
    if not wanted:
        break
connection.close()
