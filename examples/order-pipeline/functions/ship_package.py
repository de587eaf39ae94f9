"""Hands the package of a valid order to the carrier."""


def handler(event, context):
    order = event["Payload"]
    print(f"order {order['order_id']} is shipped")
    return {"order_id": order["order_id"], "carrier": "pigeon", "tracking_id": f"PX-{order['order_id']}"}
